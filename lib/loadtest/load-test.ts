// What a load test of one tenant needs to know, from the tenant's plan.

import { workerName } from '../plan/celery/workers';
import { isRunByStalk } from '../plan/redis/broker';
import { keyspaceOf } from '../plan/redis/keyspace';
import type { Leaf, Platform } from '../platform';
import type { ResolvedTenant, ResolvedPool } from '../spec/resolved';
import { LoadTestError } from './error';
import { type Job, jobOf } from './job';

export interface Asked {
  /** In the burst, and as many again paced. */
  readonly tasks: number;
  /** Tasks a second, when paced. */
  readonly rate: number;
  /** Clients that send and wait. */
  readonly concurrent: number;
  /** Seconds to wait for answers after the last task of a phase. */
  readonly patience: number;
}

export interface LoadTest {
  readonly tenant: string;
  readonly namespace: string;
  /** As the app calls it. */
  readonly queue: string;
  /** In the names of all that this load test makes. */
  readonly run: string;
  readonly job: Job;
  /** Deployment whose pods do the work; without `ready` ones, the autoscaler makes some. */
  readonly workers: { readonly deployment: string; readonly fromZero: boolean };
  /** Absent where somebody else runs it: nobody here may ask it. */
  readonly redis?: RedisPlace;
  /** Seconds after which the Job is stopped, whatever it does. */
  readonly deadline: number;
}

/** Where Redis runs, and what lies in it that a load test may leave. */
export interface RedisPlace {
  readonly namespace: string;
  readonly databases: readonly number[];
  /** Keys that the queue's lists may have, in the first of the databases: the loader knows the app's default queue. */
  readonly lists: readonly string[];
  /** Keys of what workers hold: messages, when they were taken, and what the autoscaler counts. */
  readonly held: Readonly<Record<'messages' | 'index' | 'due' | 'delayed', string>>;
}

/** Seconds for an image to be pulled, a volume to be bound, an app to be imported. */
export const START = 300;

/** First, burst and paced. */
const PHASES = 3;

export function loadTestOf(platform: Platform, tenant: ResolvedTenant, asked: Asked, run: string): LoadTest {
  const { name, namespace } = tenant;
  staysOrThrow(tenant);
  const pool = poolOf(tenant);
  const queue = queueOf(tenant, pool);
  const deadline = Math.ceil(START + asked.tasks / asked.rate + PHASES * asked.patience);
  const redis = redisOf(tenant, pool, queue);
  return {
    ...{ tenant: name, namespace, queue, run, deadline },
    workers: {
      deployment: workerName(pool),
      fromZero: pool.scaling !== undefined && 'queueLength' in pool.scaling && pool.scaling.min === 0,
    },
    job: jobOf({ leaf: leafOf(platform, name), tenant, pool, asked, queue, run, deadline }),
    ...(redis && { redis }),
  };
}

/** Results are asked of two brokers then, and pods that drain take processors from those that are measured. */
function staysOrThrow({ name, broker, moving }: ResolvedTenant): void {
  if (moving === undefined) return;
  throw new LoadTestError(
    `tenant "${name}": must stay on one broker, got broker.movingFrom: half of its pods drain the old one, and figures of two brokers are none of either; end the move first, or test another tenant on ${broker.kind === 'shared' ? broker.name : 'such a broker'}`,
  );
}

function poolOf({ name, workers, broker }: ResolvedTenant): ResolvedPool {
  const [pool] = workers;
  if (pool) return pool;
  throw new LoadTestError(
    `tenant "${name}": must have workers of its own, got none; test the tenant of group ${broker.group} whose pool serves it`,
  );
}

function queueOf({ name }: ResolvedTenant, pool: ResolvedPool): string {
  const [queue] = pool.queues;
  if (queue !== undefined) return queue;
  throw new LoadTestError(`tenant "${name}": workers.${pool.name}.queues must name a queue, got none`);
}

function leafOf({ leaves }: Platform, tenant: string): Leaf {
  const found = leaves.find(({ folder }) => folder === `tenants/${tenant}`);
  if (found) return found;
  throw new LoadTestError(`tenant "${tenant}": must live in the environment, got none of that name`);
}

function redisOf(tenant: ResolvedTenant, pool: ResolvedPool, queue: string): RedisPlace | undefined {
  const { broker, namespace, results } = tenant;
  if (!isRunByStalk(broker.redis)) return undefined;
  const { queueBase, database } = broker;
  const { unacked, listsOf, heldBy } = keyspaceOf(tenant);
  const { due, delayed } = heldBy(pool);
  const named = queueBase === undefined || `${queue}.`.startsWith(`${queueBase}.`);
  const names = named ? [queue] : [queueBase, `${queueBase}.${queue}`];
  return {
    namespace: broker.kind === 'shared' ? broker.namespace : namespace,
    databases: [...new Set([database, ...(results.backend === 'redis' ? [results.database] : [])])],
    held: { messages: unacked.key, index: unacked.index, due, delayed },
    lists: names.flatMap((own) => listsOf(own).map(({ key }) => key)),
  };
}
