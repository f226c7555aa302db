// Pods of some namespaces: whether they are ready, what they say, and how often they were restarted.

import { setTimeout as sleep } from 'node:timers/promises';
import { asked, kubectl, lines } from '../api/kubectl';

interface Container {
  readonly name: string;
  readonly restartCount: number;
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences: readonly { readonly kind: string }[];
  };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
    readonly containerStatuses?: readonly Container[];
    readonly initContainerStatuses?: readonly Container[];
  };
}

export function podsOf(namespace: string): readonly Pod[] {
  return (JSON.parse(asked('get', 'pods', '-n', namespace, '-o', 'json')) as { items: Pod[] }).items;
}

const ready = ({ status }: Pod): string | undefined =>
  status.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True')?.lastTransitionTime;

const isOfJob = ({ metadata }: Pod): boolean => metadata.ownerReferences.some(({ kind }) => kind === 'Job');

const isDone = (pod: Pod): boolean =>
  isOfJob(pod)
    ? pod.status.phase === 'Succeeded'
    : ready(pod) !== undefined && pod.metadata.deletionTimestamp === undefined;

/** Containers that were started again, as `pod/container`: a Job's pod that failed counts as well. */
export const restarted = (pods: readonly Pod[]): string[] =>
  pods.flatMap(({ metadata, status }) => [
    ...(status.phase === 'Failed' ? [metadata.name] : []),
    ...[...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ name, restartCount }) => `${metadata.name}/${name}: ${restartCount}`),
  ]);

/** Seconds from the first pod to the last that became ready. */
export function secondsToReady(pods: readonly Pod[]): number {
  const serving = pods.filter((pod) => !isOfJob(pod));
  const first = Math.min(...serving.map(({ metadata }) => Date.parse(metadata.creationTimestamp)));
  const last = Math.max(...serving.map((pod) => Date.parse(String(ready(pod)))));
  return (last - first) / 1000;
}

/** Waits for every pod; what is still missing at the end is told with its events and its last words. */
export async function allReady(namespaces: readonly string[], seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  const missing = (): Pod[] => namespaces.flatMap(podsOf).filter((pod) => !isDone(pod));
  while (missing().length > 0 || lacksPods(namespaces)) {
    if (Date.now() > end) throw new Error(`not ready in ${seconds} s:\n${missing().map(story).join('\n')}`);
    await sleep(1000);
  }
}

/** A workload whose pods its controller has not made, or has not replaced yet. */
function lacksPods(namespaces: readonly string[]): boolean {
  return namespaces.some((namespace) => {
    const counts = asked('get', 'deploy,sts', '-n', namespace, '-o', COUNTS);
    return lines(counts).some((line) => new Set(line.split(' ')).size > 1);
  });
}

const COUNTS =
  'jsonpath={range .items[*]}{.spec.replicas} {.status.updatedReplicas} {.status.readyReplicas}{"\\n"}{end}';

function story({ metadata: { name, namespace } }: Pod): string {
  const events = kubectl([
    'get',
    'events',
    '-n',
    namespace,
    `--field-selector=involvedObject.name=${name},type=Warning`,
  ]);
  const logs = kubectl(['logs', '-n', namespace, name, '--all-containers', '--tail=5', '--prefix']);
  return [`${namespace}/${name}`, events.output, logs.output].join('\n');
}
