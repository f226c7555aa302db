// Pools, beat, Flower and migrations with their defaults and derived times.

import type { Defaults } from './defaults';
import { physicalQueue, queueBase } from './isolation';
import { filled } from './layers';
import { resolveExpose } from './resolve-expose';
import { runs } from './resolve-runs';
import { appIn } from './resolve-processes';
import type {
  Beside,
  ResolvedBeat,
  ResolvedEnvironment,
  ResolvedFlower,
  ResolvedMigration,
  ResolvedPool,
  ResolvedTenant,
} from './resolved';
import { seconds } from './units';
import type { WorkerPool } from './worker';
import { beat } from './workloads';
import type { Beat, Flower, Migration } from './workloads';

/** Without what stands beside it. */
type Own<Workload> = Omit<Workload, keyof Beside>;

/** Celery gives back what it prefetched, writes results and closes connections in this time. */
const GRACE_OVER_LIMIT = 30;

/** A twelfth: 55 s of 60, 27.5 min of 30; at least 5 s to clean up in. */
const softOf = (hard: number): number => Math.max(1, hard - Math.max(5, Math.ceil(hard / 12)));

type Times = Pick<ResolvedPool, 'limited' | 'hard' | 'soft' | 'grace'>;

export function resolvePool(
  name: string,
  asked: WorkerPool,
  { broker, app }: Pick<ResolvedTenant, 'broker' | 'app'>,
  defaults: Defaults['worker'],
): Own<ResolvedPool> {
  const full = filled(defaults, asked);
  const times = timesOf(asked, defaults);
  const bases = asked.serves ? asked.serves.map(queueBase) : [broker.queueBase];
  return {
    name,
    queues: bases.flatMap((base) => full.queues.map((queue) => physicalQueue(base, queue))),
    serves: asked.serves ? asked.serves.map(queueBase) : [],
    queueOrder: full.queueOrder,
    concurrency: full.pool === 'solo' ? 1 : full.concurrency,
    replicas: full.replicas,
    ...(asked.scaling && { scaling: scaling(asked.scaling, times.grace) }),
    pool: full.pool,
    ...times,
    maxTasksPerChild: full.maxTasksPerChild,
    args: full.args,
    prefetch: full.prefetch,
    ...(asked.stagger && {
      stagger: { min: seconds(asked.stagger.min), max: seconds(asked.stagger.max) },
    }),
    antiAffinity: full.antiAffinity,
    app: appIn(app, asked.app),
    ...runs(full, asked),
    probes: full.probes,
  };
}

/** A prefork that says its longest task, and no limit, ends none. */
function timesOf(asked: WorkerPool, defaults: Defaults['worker']): Times {
  const { pool, longestTask, timeLimit } = filled(defaults, asked);
  const limited = pool === 'prefork' && (longestTask === undefined || asked.timeLimit !== undefined);
  return { limited, ...limits((limited ? undefined : longestTask) ?? timeLimit) };
}

function limits(asked: Defaults['worker']['timeLimit']): Omit<Times, 'limited'> {
  const hard = seconds(typeof asked === 'string' ? asked : asked.hard);
  const soft = typeof asked === 'object' && asked.soft !== undefined ? seconds(asked.soft) : softOf(hard);
  return { hard, soft, grace: hard + GRACE_OVER_LIMIT };
}

/** KEDA's own wait before the last pod goes; longer where a task may still be running. */
const COOLDOWN = 300;

function scaling(
  asked: NonNullable<WorkerPool['scaling']>,
  grace: number,
): NonNullable<ResolvedPool['scaling']> {
  if (!('queueLength' in asked)) return asked;
  return {
    ...asked,
    cooldownSeconds: asked.cooldown === undefined ? Math.max(COOLDOWN, grace) : seconds(asked.cooldown),
  };
}

export function resolveBeat(asked: Beat, defaults: Defaults['beat']): Own<ResolvedBeat> {
  const full = filled(defaults, asked, beat);
  return {
    scheduler: full.scheduler,
    schedule: full.schedule,
    storage: full.storage,
    maxInterval: seconds(full.maxInterval),
    ...runs(full, asked),
    probes: full.probes,
  };
}

export function resolveFlower(asked: Flower, environment: ResolvedEnvironment): Own<ResolvedFlower> {
  const full = filled(environment.defaults.flower, asked);
  const exposed = asked.expose && resolveExpose(asked.expose, environment);
  return {
    ...(exposed && { expose: exposed }),
    auth: asked.auth,
    port: full.port,
    urlPrefix: asked.urlPrefix ?? exposed?.path.slice(1) ?? full.urlPrefix,
    ...runs(full, asked),
    probes: full.probes,
  };
}

export function resolveMigration(asked: Migration, defaults: Defaults['migrate']): Own<ResolvedMigration> {
  const full = filled(defaults, asked);
  return {
    command: asked.command,
    ...(asked.check && { check: asked.check }),
    timeLimit: seconds(full.timeLimit),
    ...runs(full, asked),
  };
}
