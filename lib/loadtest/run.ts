// One load test in a cluster: checks, Job, looks at Redis, answer, and nothing left of it however it ends.

import { setTimeout as pause } from 'node:timers/promises';
import { ClusterError, lastLineOf } from '../cluster';
import type { Cluster, ContainerRef, KubeObject } from '../cluster';
import { LoadTestError } from './error';
import { loadContainerOf, podLabels } from './job';
import type { Load, Measurement } from './measurement';
import type { LoadTest } from './load-test';
import { checkPreconditions } from './preconditions';
import { primaryOf, sweep, watch } from './redis';

export interface RunProps {
  readonly cluster: Cluster;
  readonly loadTest: LoadTest;
  /** Whole lines about what happens now. */
  readonly say: (text: string) => void;
  /** Ends the test early; it still cleans up. */
  readonly signal: AbortSignal;
  /** Milliseconds between two questions about the pod. */
  readonly every: number;
}

export async function run(props: RunProps): Promise<Measurement> {
  const { cluster, loadTest, say } = props;
  await checkPreconditions(cluster, loadTest);
  const redis = loadTest.redis && (await primaryOf(cluster, loadTest.redis));
  if (!redis) say('memory and processor of Redis are not measured: it runs elsewhere, or has no primary now');
  let whole = false;
  try {
    const measured = await loaded(props, redis);
    whole = measured.load.phases.every(({ tasks }) => tasks.every(([, , , answered]) => answered !== null));
    return measured;
  } finally {
    await clean(props, whole ? undefined : redis);
  }
}

async function loaded({ cluster, loadTest, say, ...props }: RunProps, redis: ContainerRef | undefined) {
  const looks = redis && (await watch(cluster, redis));
  try {
    say(`Job ${loadTest.job.metadata.name} in namespace ${loadTest.namespace}: queue ${loadTest.queue}`);
    await cluster.create(loadTest.job);
    const pod = await ended({ cluster, loadTest, say, ...props });
    const load = answerOf(
      await cluster.logs({ namespace: loadTest.namespace, pod, container: loadContainerOf(loadTest.job) }),
    );
    return { load, samples: looks ? await looks.stop() : [] };
  } catch (error) {
    await looks?.stop().catch(() => undefined);
    throw error;
  }
}

interface Pod extends KubeObject {
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
    readonly initContainerStatuses?: readonly Status[];
    readonly containerStatuses?: readonly Status[];
  };
}

interface Status {
  readonly state: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
}

const POD = { apiVersion: 'v1', kind: 'Pod' };

/** Waits for the pod's end. @returns its name */
async function ended({ cluster, loadTest, say, signal, every }: RunProps): Promise<string> {
  const latest = Date.now() + loadTest.deadline * 1000;
  let said = '';
  for (;;) {
    if (signal.aborted) throw new LoadTestError('stopped; what it made is deleted');
    const [pod] = await cluster.list<Pod>(POD, loadTest.namespace, podLabels(loadTest.job));
    const phase = pod ? phaseOf(pod) : 'no pod yet';
    if (phase !== said) say(phase);
    said = phase;
    if (pod?.status.phase === 'Succeeded') return pod.metadata.name;
    if (pod?.status.phase === 'Failed') throw new LoadTestError(await lastWords(cluster, loadTest, pod));
    if (Date.now() > latest)
      throw new LoadTestError(
        `tenant "${loadTest.tenant}": the load must end within ${loadTest.deadline} s, got "${phase}"; look at the events of namespace ${loadTest.namespace}`,
      );
    await sleep(every, signal);
  }
}

function phaseOf({ status }: Pod): string {
  const waits = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].flatMap(
    ({ state }) => (state.waiting?.message ? [`${state.waiting.reason}: ${state.waiting.message}`] : []),
  );
  const unscheduled = status.conditions?.find(({ type, message }) => type === 'PodScheduled' && message);
  return [
    'pod',
    status.phase.toLowerCase(),
    ...waits,
    ...(unscheduled?.message ? [unscheduled.message] : []),
  ].join(' ');
}

/** The end says why. */
const LINES = 5;

async function lastWords(
  cluster: Cluster,
  { tenant, namespace, job }: LoadTest,
  { metadata }: Pod,
): Promise<string> {
  const where = { namespace, pod: metadata.name, container: loadContainerOf(job) };
  const said = await cluster.logs(where, { tail: LINES }).catch(() => '');
  return `tenant "${tenant}": the load must run to its end, got a failed pod that said ${said.trim().split('\n').join('; ') || 'nothing'}`;
}

/** The app may have printed lines of its own. */
function answerOf(log: string): Load {
  const last = lastLineOf(log);
  try {
    return JSON.parse(last) as Load;
  } catch {
    throw new LoadTestError(`the load must print its figures last, got ${last.slice(0, 200)}`);
  }
}

/** Seconds for the pod to delete what it made and to go. */
const PATIENCE = 60;

/** The Job with its pod; where tasks were not answered, also what is left in Redis. */
async function clean(
  { cluster, loadTest, say, every }: RunProps,
  redis: ContainerRef | undefined,
): Promise<void> {
  const { namespace, job } = loadTest;
  await cluster.delete({ apiVersion: job.apiVersion, kind: job.kind, name: job.metadata.name, namespace });
  const latest = Date.now() + PATIENCE * 1000;
  while ((await cluster.list(POD, namespace, podLabels(job))).length > 0) {
    if (Date.now() > latest)
      throw new ClusterError(
        `namespace ${namespace}: a pod of ${job.metadata.name} must go, got one that is still there after ${PATIENCE} s`,
      );
    await sleep(every);
  }
  if (redis && loadTest.redis) await sweep(cluster, redis, { ...loadTest, redis: loadTest.redis });
  say('nothing of it is left in the cluster');
}

/** Ends at once when the signal comes. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  pause(ms, undefined, signal && { signal }).catch(() => undefined);
