// Pods of some namespaces: whether they are ready, what they say, and how often they were restarted.

import { setTimeout as sleep } from 'node:timers/promises';
import { asked, kubectl, lines } from './kubectl';

interface Container {
  readonly name: string;
  readonly restartCount: number;
  readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string } };
  readonly lastState?: { readonly terminated?: { readonly reason?: string } };
}

export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly { readonly kind: string }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly { readonly name: string }[];
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
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

export async function podsOf(...namespaces: readonly string[]): Promise<readonly Pod[]> {
  // One question for all: a kubectl takes as much of a small machine as a pod
  const text = await asked('get', 'pods', ...placeOf(namespaces), '-o', 'json');
  const { items } = JSON.parse(text) as { items: Pod[] };
  return items.filter(({ metadata }) => namespaces.includes(metadata.namespace));
}

const placeOf = (namespaces: readonly string[]): readonly string[] =>
  namespaces.length === 1 ? ['-n', String(namespaces[0])] : ['-A'];

const ready = ({ status }: Pod): string | undefined =>
  status.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True')?.lastTransitionTime;

const isOfJob = ({ metadata }: Pod): boolean => metadata.ownerReferences.some(({ kind }) => kind === 'Job');

export const isServing = (pod: Pod): boolean =>
  ready(pod) !== undefined && pod.metadata.deletionTimestamp === undefined;

/** What sends for a story, and stays. */
export const PRODUCER = 'producer';

const ends = (pod: Pod): boolean =>
  isOfJob(pod) && pod.metadata.labels['app.kubernetes.io/component'] !== PRODUCER;

const isDone = (pod: Pod): boolean => (ends(pod) ? pod.status.phase === 'Succeeded' : isServing(pod));

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
  const missing = async (): Promise<Pod[]> => (await podsOf(...namespaces)).filter((pod) => !isDone(pod));
  while ((await missing()).length > 0 || (await lacksPods(namespaces))) {
    if (Date.now() > end) {
      const stories = await Promise.all((await missing()).map(story));
      throw new Error(`not ready in ${seconds} s:\n${stories.join('\n')}`);
    }
    await sleep(2000);
  }
}

/** A workload whose pods its controller has not made, or has not replaced yet. */
async function lacksPods(namespaces: readonly string[]): Promise<boolean> {
  const counts = lines(await asked('get', 'deploy,sts', ...placeOf(namespaces), '-o', COUNTS));
  const own = counts
    .map((line) => line.split(' '))
    .filter(([namespace]) => namespaces.includes(String(namespace)));
  return own.some(([, ...numbers]) => new Set(numbers).size > 1);
}

const COUNTS =
  'jsonpath={range .items[*]}{.metadata.namespace} {.spec.replicas} {.status.updatedReplicas} {.status.readyReplicas}{"\\n"}{end}';

async function story({ metadata: { name, namespace } }: Pod): Promise<string> {
  const [events, logs] = await Promise.all([
    kubectl(['get', 'events', '-n', namespace, `--field-selector=involvedObject.name=${name},type=Warning`]),
    kubectl(['logs', '-n', namespace, name, '--all-containers', '--tail=5', '--prefix']),
  ]);
  return [`${namespace}/${name}`, events.output, logs.output].join('\n');
}

/** Whether these Deployments have all the pods that they want, ready. */
export async function serves(namespace: string, ...deployments: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(
    deployments.map((name) =>
      kubectl([
        ...['get', 'deploy', name, '-n', namespace, '-o'],
        'jsonpath={.spec.replicas}/{.status.readyReplicas}',
      ]),
    ),
  );
  return answers.every(({ output }) => /^(\d+)\/\1$/.test(output));
}
