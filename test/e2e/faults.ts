// What can happen to a pod: deleted, killed, its node drained.

import { asked } from '../api/kubectl';
import { podsOf } from './pods';
import type { Pod } from './pods';

const TOOLS = 'stalk-e2e-tools';

/** The pod of a workload that is not on its way out. */
export function podOf(namespace: string, workload: string): Pod {
  const found = podsOf(namespace).find(
    ({ metadata, status }) =>
      metadata.name.startsWith(`${workload}-`) &&
      metadata.deletionTimestamp === undefined &&
      status.phase === 'Running',
  );
  if (!found) throw new Error(`${namespace} has no pod of ${workload}`);
  return found;
}

export const deleted = (namespace: string, workload: string): string =>
  asked('delete', 'pod', '-n', namespace, podOf(namespace, workload).metadata.name, '--wait=false');

/** SIGKILL from the node for the first process of a container, told by its program: nobody can prepare for it. */
export function killed(namespace: string, workload: string, program: string): void {
  const { metadata, spec } = podOf(namespace, workload);
  const tools = podsOf(TOOLS).find((pod) => pod.spec.nodeName === spec.nodeName);
  if (!tools) throw new Error(`no tools on node ${spec.nodeName}`);
  const said = asked(
    ...['exec', '-n', TOOLS, tools.metadata.name, '--', 'sh', '-c'],
    `for p in /proc/[0-9]*; do
  grep -qs '${metadata.uid.replaceAll('-', '.')}' $p/cgroup && grep -qs '^NSpid:.*[[:space:]]1$' $p/status || continue
  case $(tr '\\0' ' ' <$p/cmdline) in *${program}*) kill -9 \${p#/proc/} && echo killed ;; esac
done`,
  );
  if (said.trim() !== 'killed') throw new Error(`no ${program} in ${namespace}/${metadata.name}: ${said}`);
}

/** As before maintenance: pods leave as their budgets allow; then the node is free again. */
export function drained(node: string): void {
  asked('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=300s');
  asked('uncordon', node);
}
