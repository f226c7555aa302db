// Pools of workers, and how they follow the load.

import type { Probed } from './compute';
import type { Duration } from './units';

/** One Deployment of workers that consume the same queues. */
export type WorkerPool = QueuePool | GroupPool;

/** A pool for this tenant's own queues. */
export interface QueuePool extends PoolBase {
  /**
   * Queues as the app names them; `celery` is Celery's default queue. `queueOrder` says which is served first; a queue
   * that must not wait for the tasks of others gets a pool of its own.
   */
  readonly queues: readonly [string, ...string[]];
  readonly serves?: never;
}

/** One pool that serves several tenants of its group. */
export interface GroupPool extends PoolBase {
  /** Names of the tenants, all of this tenant's group. */
  readonly serves: readonly [string, ...string[]];

  /**
   * Queues of each of them.
   * @default ['celery']
   */
  readonly queues?: readonly [string, ...string[]];
}

interface PoolBase extends Probed {
  /**
   * Processes (or threads, or greenlets) in a pod: tasks that it runs at a time.
   * @default 2
   */
  readonly concurrency?: number;

  /**
   * Pods. With `scaling` the autoscaler decides.
   * @default 1
   */
  readonly replicas?: number;

  /**
   * Follow the load: by queue length (needs KEDA in the environment) or by CPU.
   * @default - fixed replicas
   */
  readonly scaling?: QueueScaling | CpuScaling;

  /**
   * Which queue is served next. `round-robin`: each in turn, whatever the order of the list. `as-listed`: the first that
   * is not empty, so that the last wait for as long as there is work in those before them; with `serves`, tenants take
   * turns in each. Priorities come first: a task of priority 3 waits for those of priority 0 in all queues of the pool.
   * @default 'round-robin'
   */
  readonly queueOrder?: 'round-robin' | 'as-listed';

  /**
   * How a pod runs its tasks. Only `prefork` enforces hard time limits.
   * @default 'prefork'
   */
  readonly pool?: 'prefork' | 'threads' | 'gevent' | 'solo';

  /**
   * How long a task may take. `hard` kills it, `soft` raises in it before (a twelfth of `hard` earlier, at least 5 s).
   * The pod's grace period and the broker's visibility timeout follow from it, so it is at most 24 h: a drained node
   * waits for its tasks, and the task of a lost node comes back only after them.
   * @default '30m'
   */
  readonly timeLimit?: Duration | { readonly hard: Duration; readonly soft?: Duration };

  /**
   * Tasks after which a process is replaced, against memory leaks.
   * @default 1000
   */
  readonly maxTasksPerChild?: number;

  /**
   * Messages that a process takes ahead; more than 1 makes short tasks faster and waiting tasks unfair.
   * @default 1
   */
  readonly prefetch?: number;

  /**
   * Pods wait a random time in this span before they start, so that they do not all reach Redis and the database at once.
   * @default - no wait
   */
  readonly stagger?: { readonly min: Duration; readonly max: Duration };

  /**
   * Keep pods of this pool on different nodes: `preferred`, or `required` (then a pod waits for a node of its own).
   * @default 'preferred'
   */
  readonly antiAffinity?: 'preferred' | 'required';
}

/**
 * KEDA: as many pods as the tasks of this pool need, those that wait in its queues and those in the hands of its workers.
 * Tasks with an ETA to come count as one together: one pod holds them.
 * @see docs/keda.md
 */
export interface QueueScaling {
  /** Fewest pods; 0 is allowed. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** Tasks, waiting or running, for each pod. A pod runs `concurrency` of them at a time. */
  readonly queueLength: number;

  /**
   * Quiet time before the last pod goes; at least the pool's grace period.
   * @default - the pool's grace period, at least 5 minutes
   */
  readonly cooldown?: Duration;
}

/** HorizontalPodAutoscaler: as many pods as keep the CPU near a share of what they request. */
export interface CpuScaling {
  /** Fewest pods, at least 1. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** Percent of the requested CPU. */
  readonly utilization: number;
}
