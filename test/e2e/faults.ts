// What can happen to a pod: deleted, killed, moved, its node drained or dead.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { START } from './cluster';
import { asked } from './kubectl';
import { allReady, podsOf } from './pods';
import type { Pod } from './pods';

export const TOOLS = 'stalk-e2e-tools';

/** The pods of a workload that run and are not on their way out. */
export async function runningPods(namespace: string, workload: string): Promise<readonly Pod[]> {
  const pods = await podsOf(namespace);
  return pods.filter(
    ({ metadata, spec, status }) =>
      spec.containers.some(({ name }) => name === workload) &&
      // a cache and a replica run what is called redis as well
      [undefined, workload].includes(metadata.labels['app.kubernetes.io/instance']) &&
      metadata.deletionTimestamp === undefined &&
      status.phase === 'Running',
  );
}

export async function podOf(namespace: string, workload: string): Promise<Pod> {
  const [found] = await runningPods(namespace, workload);
  if (!found) throw new Error(`${namespace} has no running pod of ${workload}`);
  return found;
}

/** Tells the pod to go; it may take its time. */
export const deleted = ({ metadata: { namespace, name } }: Pod): Promise<string> =>
  asked('delete', 'pod', '-n', namespace, name, '--wait=false');

/** SIGKILL from the node for the first process of a container, told by its program: nobody can prepare for it. */
export async function killed({ metadata, spec }: Pod, program: string): Promise<void> {
  const tools = (await podsOf(TOOLS)).find((pod) => pod.spec.nodeName === spec.nodeName);
  if (!tools) throw new Error(`no tools on node ${spec.nodeName}`);
  const said = await asked(
    ...['exec', '-n', TOOLS, tools.metadata.name, '--', 'sh', '-c'],
    `for p in /proc/[0-9]*; do
  grep -qsE '${metadata.uid}|${metadata.uid.replaceAll('-', '_')}' $p/cgroup && grep -qs '^NSpid:.*[[:space:]]1$' $p/status || continue
  case $(tr '\\0' ' ' <$p/cmdline) in *${program}*) kill -9 \${p#/proc/} && echo killed ;; esac
done`,
  );
  if (said.trim() !== 'killed')
    throw new Error(`no ${program} in ${metadata.namespace}/${metadata.name}: ${said}`);
}

/** Has the next pod of a workload start on this node. */
export async function movedTo(node: string, namespace: string, workload: string): Promise<void> {
  const nodes = (await asked('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
  const others = nodes.filter((name) => name !== node);
  await asked('cordon', ...others);
  try {
    await deleted(await podOf(namespace, workload));
    await allReady([namespace], START);
  } finally {
    await asked('uncordon', ...others);
  }
}

/** Where the bench keeps the process of each node; a cluster that is none has no such thing. */
export const NODES = process.env.STALK_NODES;

/** Ends every process of a node at once, pods included. */
export function dies(node: string): void {
  const [pid] = readFileSync(join(String(NODES), node), 'utf8').split(' ');
  process.kill(Number(pid), 'SIGKILL');
}
