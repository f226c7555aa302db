// Worker pools: each a service of processes that consume the same queues.

import type { ResolvedPool, ResolvedTenant } from '../../spec';
import { bytes } from '../../spec/units';
import type { Process, Scaling } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { dialectOf } from './dialects';
import { consumes } from './signals';

export const workerName = ({ name }: Pick<ResolvedPool, 'name'>): string => `worker-${name}`;

export function worker(app: AppContext, pool: ResolvedPool): Process {
  const { tenant } = app;
  const { scaling, replicas, antiAffinity: apart } = pool;
  return appProcess(app, {
    name: workerName(pool),
    component: 'worker',
    role: 'worker',
    lifetime: {
      kind: 'service',
      replicas,
      apart,
      ...(scaling && { scaling: scalingOf(tenant, pool, scaling) }),
    },
    command: commandOf(tenant, pool),
    ...ownOf(app, pool),
    ...consumes(pool.probes, pool.pool === 'solo' ? pool.hard : 0), // solo runs a task where it would touch
    grace: pool.grace,
    ...(pool.stagger && { stagger: pool.stagger }),
    migrated: true,
  });
}

/**
 * Tasks with an ETA that a worker holds: an eighth of its memory, at 16 KiB each (10.4 were measured, with small
 * arguments): 4,096 for 512Mi. More of them wait in Redis.
 */
const etaLimit = ({ resources }: ResolvedPool): number =>
  Math.max(1, Math.floor(bytes(resources.memory.limit) / 8 / (16 * 1024)));

/** What a pool gives to whatever runs in its place. */
export const ownOf = (app: AppContext, pool: ResolvedPool) => ({
  resources: pool.resources,
  env: pool.env,
  fixed: {
    STALK_DELIVERY_LIMIT: String(app.tenant.deliveryLimit),
    STALK_ETA_LIMIT: String(etaLimit(pool)),
    ...dialectOf(app.tenant.app).pool(app, pool),
    ...(pool.serves.length > 0 && { STALK_QUEUE_SERVES: pool.serves.join(',') }),
  },
});

/** Gossip and mingle cost four connections a process and tell workers what the platform knows. */
function commandOf({ app, flower }: ResolvedTenant, pool: ResolvedPool): string[] {
  const { name, queues, concurrency, prefetch, hard, soft, maxTasksPerChild } = pool;
  return [
    'celery',
    '-A',
    app.module,
    'worker',
    `--loglevel=${app.logLevel}`,
    `--hostname=${name}@%h`,
    `--queues=${queues.join(',')}`,
    `--pool=${pool.pool}`,
    `--concurrency=${concurrency}`,
    `--prefetch-multiplier=${prefetch}`,
    ...(pool.pool === 'prefork'
      ? [`--time-limit=${hard}`, `--soft-time-limit=${soft}`, `--max-tasks-per-child=${maxTasksPerChild}`]
      : []),
    '--without-gossip',
    '--without-mingle',
    ...(flower ? ['--task-events'] : []),
  ];
}

function scalingOf(
  { broker }: ResolvedTenant,
  { queues }: ResolvedPool,
  scaling: NonNullable<ResolvedPool['scaling']>,
): Scaling {
  if ('utilization' in scaling) return scaling;
  const { min, max, queueLength, cooldownSeconds } = scaling;
  return {
    min,
    max,
    tasksEach: queueLength,
    cooldown: cooldownSeconds,
    database: broker.database,
    lists: watchedLists(broker, queues),
  };
}

/** Priorities 0, 3, 6 and 9 of a queue are lists of their own; `unacked` holds what is taken and not done. */
const PRIORITIES = ['', '\u0006\u00163', '\u0006\u00166', '\u0006\u00169'];

function watchedLists(broker: ResolvedTenant['broker'], queues: readonly string[]) {
  const unacked =
    broker.prefix === '' && broker.queueBase !== undefined ? `${broker.queueBase}.unacked` : 'unacked';
  const waiting = queues.flatMap((queue, q) =>
    PRIORITIES.map((suffix, p) => ({
      name: `queue${q}p${p * 3}`,
      list: `${broker.prefix}${queue}${suffix}`,
    })),
  );
  return [...waiting, { name: 'inflight', list: `${broker.prefix}${unacked}` }];
}
