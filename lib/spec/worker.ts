// Pools of workers, and how they follow the load.

import { appPart } from './app';
import type { AppPart } from './app';
import { requestLimit, probedLines } from './compute';
import type { Probed } from './compute';
import { absent, optional, props, required } from './props';
import type { PropsOf } from './props';
import { AFFINITIES, ORDERS, POOLS } from './rules/form-guesses';
import { queueName } from './rules/form-names';
import { formBy, hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { atMost, duration, label, oneOf, someText, whole } from './rules/kinds';
import { isRecord } from '../kube/json';
import { all, has, list, when } from './rules/shapes';
import { show } from './rules/show';
import { poolScaling } from './scaling';
import { besideLines } from './sidecars';
import type { WithSidecars } from './sidecars';
import type { Cpu, Duration, Memory } from './units';

/** A pod ends only after its task, and nobody else gets the task of a lost node before that. */
export const LONGEST = '24h';
export const SHORTER = {
  wanted: ', as a drained node waits for it and the task of a lost node comes back only after it',
  fix: 'split the task into shorter ones',
};

const hard = all(duration('2s'), atMost(LONGEST, SHORTER));
const limits = props({
  /** Kills the task. */
  hard: required(hard),

  /**
   * Raises in the task, so that it can end in order.
   * @default - a twelfth of `hard` before it, at least 5 s
   */
  soft: optional(duration()),
});
const timeLimit: Form<Duration | { readonly hard: Duration; readonly soft?: Duration }> = formBy(
  when(isRecord, limits, hard),
  { kind: 'spread', parts: limits, spread: (value) => ({ hard: value }) },
);

interface PoolBase extends Probed, WithSidecars, PropsOf<typeof poolBase> {}

const poolBase = {
  ...probedLines({
    cpu: requestLimit<Cpu>('250m', '1'),
    memory: requestLimit<Memory>('256Mi', '512Mi'), // 89 MB for two empty processes, and the app on top
  }),
  ...besideLines,

  /**
   * What it has of its own of the app: another image of the tenant, or another Celery app in it.
   * @default - the tenant's app
   */
  app: optional<AppPart>(appPart),

  /**
   * Which queue is served next. `round-robin`: each in turn, whatever the order of the list. `as-listed`: the first that
   * is not empty, so that the last wait for as long as there is work in those before them; with `serves`, tenants take
   * turns in each. Priorities come first: a task of priority 3 waits for those of priority 0 in all queues of the pool.
   * @default 'round-robin'
   */
  queueOrder: optional(hinted(oneOf('round-robin', 'as-listed'), ORDERS), 'round-robin'),

  /**
   * Processes (or threads, or greenlets) in a pod: tasks that it runs at a time.
   * @default 2
   */
  concurrency: optional(whole(1), 2),

  /**
   * Pods. With `scaling` the autoscaler decides.
   * @default 1
   */
  replicas: optional(whole(0), 1),

  /**
   * Follow the load: by queue length (needs KEDA in the environment), by CPU and by memory.
   * @default - fixed replicas
   */
  scaling: optional(poolScaling),

  /**
   * How a pod runs its tasks. Only `prefork` enforces hard time limits.
   * @default 'prefork'
   */
  pool: optional(hinted(oneOf('prefork', 'threads', 'gevent', 'solo'), POOLS), 'prefork'),

  /**
   * How long a task may take. `hard` kills it, `soft` raises in it before (a twelfth of `hard` earlier, at least 5 s).
   * The pod's grace period and the broker's visibility timeout follow from it, so it is at most 24 h: a drained node
   * waits for its tasks, and the task of a lost node comes back only after them.
   * @default '30m'
   */
  timeLimit: optional(timeLimit, '30m'),

  /**
   * How long a task of the app takes at most, where nothing ends one: in `threads`, `gevent` and `solo`, and in a
   * `prefork` that says this in place of `timeLimit`, for an app that has never been killed at a limit.
   *
   * Nothing enforces it. The grace period and the visibility timeout follow from it as they do from `timeLimit`: a task
   * that takes longer is killed with its pod, and begins again. At most 24 h.
   * @default - what `timeLimit` defaults to, half an hour; in `prefork` no longest task, but that limit
   */
  longestTask: optional(hard),

  /**
   * Tasks after which a process is replaced, against memory leaks.
   * @default 1000
   */
  maxTasksPerChild: optional(whole(1), 1000), // ends a leak without a restart that anybody notices

  /**
   * Other words for `celery worker`: `['-Ofair', '--max-memory-per-child=200000']`. Refused where they say what Stalk
   * derives from a prop.
   * @default []
   * @see https://docs.celeryq.dev/en/stable/reference/cli.html#celery-worker
   */
  args: optional(list(someText, { repeats: true }), []),

  /**
   * Messages that a process takes ahead; more than 1 makes short tasks faster and waiting tasks unfair.
   *
   * Each may wait for all before it, so the visibility timeout grows by a `timeLimit` for each: only for short tasks.
   * @default 1
   */
  prefetch: optional(whole(1), 1), // 0 would take every message there is

  /**
   * Pods wait a random time in this span before they start, so that they do not all reach Redis and the database at once.
   * @default - no wait
   */
  stagger: optional<{ readonly min: Duration; readonly max: Duration }>(
    props({
      /** Shortest wait. */
      min: required(duration('0s')),
      /** Longest wait. */
      max: required(duration('0s')),
    }),
  ),

  /**
   * Keep pods of this pool on different nodes: `preferred`, or `required` (then a pod waits for a node of its own).
   * @default 'preferred'
   */
  antiAffinity: optional(hinted(oneOf('preferred', 'required'), AFFINITIES), 'preferred'),
};

const queues = list(queueName, { least: 1, empty: 'name one, such as "celery"' });

/** A pool for this tenant's own queues. */
export interface QueuePool extends PoolBase, PropsOf<typeof queuePool> {}

const queuePool = props({
  ...poolBase,

  /**
   * Queues as the app names them; `celery` is Celery's default queue. `queueOrder` says which is served first; a queue
   * that must not wait for the tasks of others gets a pool of its own.
   */
  queues: required(queues),
  serves: absent,
});

/** One pool that serves several tenants of its group. */
export interface GroupPool extends PoolBase, PropsOf<typeof groupPool> {}

export const groupPool = props({
  ...poolBase,

  /** Names of the tenants, all of this tenant's group. */
  serves: required(list(label, { least: 1, empty: 'name tenants of the group' })),

  /**
   * Queues of each of them.
   * @default ['celery']
   */
  queues: optional(queues, ['celery']),
});

/** One Deployment of workers that consume the same queues. */
export type WorkerPool = QueuePool | GroupPool;

export const pool: Form<WorkerPool> = hinted(
  formBy((value) => (has('serves')(value) ? groupPool : queuePool)(value), groupPool.shape, {
    kind: 'either',
    forms: [queuePool, groupPool],
  }),
  (value) => (typeof value === 'string' ? `write { queues: [${show(value)}] }` : undefined),
);
