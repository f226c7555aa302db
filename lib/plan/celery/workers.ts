// Worker pools: each a service of processes that consume the same queues.

import type { ResolvedPool, ResolvedTenant } from '../../spec';
import { bytes } from '../../spec/units';
import type { BacklogScaling, Process, Scaling } from '../process';
import { watchedLoader } from '../metrics';
import { keyspaceOf } from '../redis/keyspace';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { dialectOf } from './dialects';
import { celeryOf, logFields } from './logs';
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
    ...consuming(app, pool),
    ...consumes(pool.probes, pool.pool === 'solo' ? pool.hard : 0), // solo runs a task where it would touch
    grace: pool.grace,
    ...watchedLoader(tenant),
    ...(pool.stagger && { stagger: pool.stagger }),
    migrated: true,
  });
}

/** What only the pool's own processes are told: they consume. */
const consuming = (app: AppContext, pool: ResolvedPool) => {
  const own = ownOf(app, pool);
  const counted = pool.scaling !== undefined && 'queueLength' in pool.scaling;
  return {
    ...own,
    fixed: {
      ...own.fixed,
      ...logFields(app.tenant, { process: workerName(pool), pool: pool.name }),
      ...(pool.queueOrder === 'as-listed' && { STALK_QUEUE_ORDER: pool.queueOrder }),
      ...(counted && { STALK_POOL: keyspaceOf(app.tenant).heldBy(pool).id }),
    },
  };
};

/**
 * Tasks with an ETA that a worker holds: an eighth of its memory, at 16 KiB each (10.4 were measured, with small
 * arguments): 4,096 for 512Mi. More of them wait in Redis.
 */
const etaLimit = ({ resources }: ResolvedPool): number =>
  Math.max(1, Math.floor(bytes(resources.memory.limit) / 8 / (16 * 1024)));

/** What a pool gives to whatever runs in its place. */
export const ownOf = (app: AppContext, pool: ResolvedPool) => ({
  of: pool.app,
  runs: pool,
  fixed: {
    STALK_DELIVERY_LIMIT: String(app.tenant.deliveryLimit),
    STALK_ETA_LIMIT: String(etaLimit(pool)),
    ...dialectOf(app.tenant.app).pool(app, pool),
    ...(!pool.limited && { STALK_LONGEST_TASK: String(pool.hard) }),
    ...(pool.serves.length > 0 && { STALK_QUEUE_SERVES: pool.serves.join(',') }),
  },
});

/** Gossip and mingle cost four connections a process and tell workers what the platform knows. */
function commandOf(tenant: ResolvedTenant, pool: ResolvedPool): string[] {
  const { app, name, queues, concurrency, prefetch, hard, soft } = pool;
  return [
    ...celeryOf({ ...tenant, app }),
    'worker',
    `--loglevel=${app.logLevel}`,
    `--hostname=${name}@%h`,
    `--queues=${queues.join(',')}`,
    `--pool=${pool.pool}`,
    `--concurrency=${concurrency}`,
    `--prefetch-multiplier=${prefetch}`,
    ...(pool.limited ? [`--time-limit=${hard}`, `--soft-time-limit=${soft}`] : []),
    ...(pool.pool === 'prefork' ? [`--max-tasks-per-child=${pool.maxTasksPerChild}`] : []),
    '--without-gossip',
    '--without-mingle',
    ...(tenant.events ? ['--task-events'] : []),
    ...pool.args,
  ];
}

function scalingOf(
  tenant: ResolvedTenant,
  pool: ResolvedPool,
  scaling: NonNullable<ResolvedPool['scaling']>,
): Scaling {
  if (!('queueLength' in scaling)) return scaling;
  const { queueLength, cooldownSeconds, ...asked } = scaling;
  return {
    ...asked,
    tasksEach: queueLength,
    cooldown: cooldownSeconds,
    database: tenant.broker.database,
    lists: watchedLists(tenant, pool),
  };
}

/** What waits in the queues, by priority, and what the pool's own workers hold. */
function watchedLists(tenant: ResolvedTenant, pool: ResolvedPool): BacklogScaling['lists'] {
  const { listsOf, heldBy } = keyspaceOf(tenant);
  const waiting = pool.queues.flatMap((queue, q) =>
    listsOf(queue).map(({ step, key }) => ({ name: `queue${q}p${step}`, list: key })),
  );
  const { due, delayed } = heldBy(pool);
  return [...waiting, { name: 'inflight', list: due }, { name: 'delayed', list: delayed, most: 1 }];
}
