// Connections: what all clients of a broker hold at a time.

import type { ResolvedPool, ResolvedProcess, ResolvedTenant, ResolvedWeb } from '../resolved';
import type { CrossFinding, CrossRule } from './cross';
import { byKey } from './cross';
import type { Finding, Path } from './finding';

/** Measured, see test/live/loader/test_connections.py: a worker without a task holds four, and two for heartbeats. */
const WORKER = 4 + 2;
const BEAT = 3;
const FLOWER = 25;
/** Measured with KEDA 2.21: one or two for each of its lists, 10 to 20 for two pools of one queue. */
const LIST = 2;
/** Sets of what the workers of a pool hold. */
const SETS = 2;

/** Of each connection in Celery's pool: Redis hears of two, one for kombu's transport and one for its channel. */
const SENDS = 2;

/** Whether a task's result is written to Redis. */
const keeps = ({ results }: ResolvedTenant): number => (results.backend === 'redis' ? 1 : 0);

/** A process, thread or greenlet that runs tasks writes results; each process has a pool, for what its tasks send. */
function ofWorker(tenant: ResolvedTenant, { pool, concurrency }: ResolvedPool): number {
  const most = tenant.connections.pool;
  const sending = { prefork: concurrency, solo: 1, threads: Math.min(most, concurrency), gevent: most }[pool];
  return WORKER + keeps(tenant) * concurrency + SENDS * sending;
}

/** A thread that waits for results reads and listens; one that asks workers holds two of the pool. */
function ofWeb(
  tenant: ResolvedTenant,
  { processes, threads }: Pick<ResolvedWeb, 'processes' | 'threads'>,
): number {
  return processes * (2 * keeps(tenant) * threads + SENDS * Math.min(tenant.connections.pool, 2 * threads));
}

const pods = (workload: { readonly replicas: number; readonly scaling?: { readonly max: number } }): number =>
  workload.scaling?.max ?? workload.replicas;

/** One that consumes queues itself is counted as a worker without a task beside what it sends. */
function ofProcess(tenant: ResolvedTenant, process: ResolvedProcess): number {
  const consumes = process.redisUser === 'worker' ? WORKER : 0;
  const sends = ofWeb(tenant, 'port' in process ? process : ONE);
  return ('cron' in process ? 1 : pods(process)) * (consumes + sends);
}

const ONE = { processes: 1, threads: 1 };

/**
 * By part of the tenant, as its author calls it. Pools that drain an old broker write results to both brokers and send to
 * the new one.
 */
export function connectionsOf(tenant: ResolvedTenant): ReadonlyMap<string, number> {
  const { workers, beat, web, processes, flower, priorities, moving } = tenant;
  return new Map([
    ...workers.map((pool) => [`workers.${pool.name}`, pods(pool) * ofWorker(tenant, pool)] as const),
    ...workers.flatMap(({ name, scaling, queues }) =>
      scaling !== undefined && 'queueLength' in scaling
        ? [[`workers.${name}.scaling`, LIST * (queues.length * priorities.steps.length + SETS)] as const]
        : [],
    ),
    ...(beat ? [['beat', BEAT] as const] : []),
    ...(web ? [['web', pods(web) * ofWeb(tenant, web)] as const] : []),
    ...processes.map((one) => [`processes.${one.name}`, ofProcess(tenant, one)] as const),
    ...(flower ? [['flower', FLOWER] as const] : []),
    ...(moving ? moving.workers : []).map(
      (pool) => [`workers.${pool.name}`, pods(pool) * ofWorker(tenant, pool)] as const,
    ),
  ]);
}

const sum = (parts: Iterable<number>): number => [...parts].reduce((total, part) => total + part, 0);

/** Who holds most, as far as a sentence goes. */
function largest(parts: ReadonlyMap<string, number>): string {
  const sorted = [...parts].sort(([, a], [, b]) => b - a).slice(0, 3);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}

const tooFew = (
  parts: ReadonlyMap<string, number>,
  maxClients: number,
  fix: string,
): Omit<Finding, 'path'> => ({
  wanted: `be at least ${sum(parts.values())} for the connections of its clients (most: ${largest(parts)})`,
  got: String(maxClients),
  fix,
});

export const ownBroker: CrossRule = ({ known }) =>
  known.flatMap(({ tenant }) => [
    ...onItsOwn(tenant, ['broker']),
    ...(tenant.moving ? onItsOwn(tenant.moving, ['broker', 'movingFrom']) : []),
  ]);

function onItsOwn(tenant: ResolvedTenant, path: Path): readonly CrossFinding[] {
  const { broker, name } = tenant;
  const parts = connectionsOf(tenant);
  if (broker.kind !== 'dedicated' || sum(parts.values()) <= broker.redis.maxClients) return [];
  const fix = 'raise maxClients, or lower replicas, concurrency, processes and threads';
  return [{ tenant: name, path: [...path, 'maxClients'], ...tooFew(parts, broker.redis.maxClients, fix) }];
}

/** About the environment, whose broker is too small for its tenants. */
export function sharedBrokers(tenants: readonly ResolvedTenant[]): readonly Finding[] {
  const shared = tenants.filter(({ broker }) => broker.kind === 'shared');
  return [...byKey(shared, ({ broker }) => broker.name)].flatMap(([name, users]) => {
    const parts = new Map(users.map((user) => [user.name, sum(connectionsOf(user).values())]));
    const maxClients = users[0]?.broker.redis.maxClients ?? 0;
    if (sum(parts.values()) <= maxClients) return [];
    const fix = 'raise maxClients, or give a large tenant a broker of its own';
    return [{ path: ['brokers', name, 'maxClients'], ...tooFew(parts, maxClients, fix) }];
  });
}
