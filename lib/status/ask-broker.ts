// One broker asked once: each of its pods, of which the primary knows the queues; or workers, where somebody else runs it.

import { containerOf, infoOf, isReady, isRunning, lastLineOf } from '../cluster';
import type { Cluster, Command, ContainerRef, Pod } from '../cluster';
import { appOf } from '../plan/celery/app-of';
import { workerName } from '../plan/celery/workers';
import type { ResolvedTenant } from '../spec';
import { ofComponent, podsIn } from './pods';
import { answersOf, questionsOf, redisLine } from './questions';
import type { Backlog } from './questions';
import { BROKER_PROGRAM, EXTERNAL_PROGRAM } from './runtime';
import type { WatchedBroker } from './watched';

export interface BrokerSeen {
  /** Its Redis servers; none where somebody else runs it. */
  readonly pods: readonly Pod[];
  /** INFO of each Redis that answered, by the pod that it was asked in. */
  readonly infos: ReadonlyMap<string, Info>;
  readonly held: ReadonlyMap<string, Backlog>;
  /** Why something is not known. */
  readonly errors: readonly string[];
}

type Info = ReadonlyMap<string, string>;

/** What one command in one pod brought. */
interface Answer {
  readonly pod: string;
  readonly info: Info;
  readonly held: ReadonlyMap<string, Backlog>;
}

/** Of a tenant's namespace; they have been listed by then. */
export type PodsOfTenant = (tenant: ResolvedTenant) => readonly Pod[];

export async function askBroker(
  cluster: Cluster,
  broker: WatchedBroker,
  podsOfTenant: PodsOfTenant,
): Promise<BrokerSeen> {
  if (broker.kind === 'external')
    return gathered(
      [],
      await Promise.allSettled(
        broker.tenants.map((tenant) => askThroughWorker(cluster, tenant, podsOfTenant(tenant))),
      ),
    );
  try {
    const pods = await serversOf(cluster, broker, podsOfTenant);
    const running = pods.filter((pod) => isReady(pod) || isRunning(pod, REDIS));
    return gathered(
      pods,
      await Promise.allSettled(
        running.map((pod) => askPod(cluster, containerOf(pod, REDIS), broker.tenants)),
      ),
    );
  } catch (error) {
    return { ...gathered([], []), errors: [(error as Error).message] };
  }
}

const REDIS = 'redis';

const serversOf = async (
  cluster: Cluster,
  { kind, namespace, tenants: [owner] }: WatchedBroker,
  podsOfTenant: PodsOfTenant,
): Promise<readonly Pod[]> =>
  ofComponent(kind === 'dedicated' && owner ? podsOfTenant(owner) : await podsIn(cluster, namespace), REDIS);

const gathered = (pods: readonly Pod[], answers: readonly PromiseSettledResult<Answer>[]): BrokerSeen => {
  const heard = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return {
    pods,
    infos: new Map(heard.map(({ pod, info }) => [pod, info])),
    held: new Map(heard.flatMap(({ held }) => [...held])),
    errors: answers.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).message] : [])),
  };
};

/** Seconds: a command in a pod takes tenths of one, and thousands of queues some more. */
const PATIENCE = 20;

async function askPod(
  cluster: Cluster,
  where: ContainerRef,
  tenants: readonly ResolvedTenant[],
): Promise<Answer> {
  const stdin = questionsOf(tenants).map(redisLine).join('\n');
  const argv = ['sh', '-c', BROKER_PROGRAM, 'sh', String(Buffer.byteLength(stdin))];
  return answerOf(await said(cluster, where, { argv, stdin, timeoutSeconds: PATIENCE }), where.pod, tenants);
}

/** Seconds for Python to import Celery, on a node with much to do. */
const IMPORT = 60;

async function askThroughWorker(
  cluster: Cluster,
  tenant: ResolvedTenant,
  pods: readonly Pod[],
): Promise<Answer> {
  const pod = [
    ...tenant.workers.flatMap((pool) => ofComponent(pods, 'worker', workerName(pool))),
    ...(tenant.broker.isLeft === true ? [] : ofComponent(pods, 'beat')),
  ].find(isReady);
  if (!pod) throw new Error(`a ready worker or beat of ${tenant.name} must be there to ask from, got none`);
  const process = String(pod.metadata.labels?.['app.kubernetes.io/instance']);
  const stdin = JSON.stringify(questionsOf([tenant]));
  const { entrypoint } = appOf(tenant, process);
  const argv = [...entrypoint, 'python3', '-c', EXTERNAL_PROGRAM, String(Buffer.byteLength(stdin))];
  const where = containerOf(pod, process);
  return answerOf(await said(cluster, where, { argv, stdin, timeoutSeconds: IMPORT }), where.pod, [tenant]);
}

async function said(cluster: Cluster, where: ContainerRef, command: Command): Promise<string> {
  const { stdout, stderr, code } = await cluster.exec(where, command);
  if (code === 0) return stdout;
  const why = lastLineOf(stderr || stdout);
  throw new Error(`Redis asked in ${where.pod} must answer, got exit code ${code}: ${why}`);
}

const MARK = '@@stalk\n';

/** A replica says nothing of queues. */
function answerOf(stdout: string, pod: string, tenants: readonly ResolvedTenant[]): Answer {
  const [first = '', rest = ''] = stdout.split(MARK);
  const lines = rest.split('\n').filter((line) => line !== '');
  return {
    pod,
    info: infoOf(first),
    held: lines.length === 0 ? new Map() : answersOf(tenants, lines),
  };
}
