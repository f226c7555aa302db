// What runs for a tenant: worker pools, beat, web, Flower, migrations.

import type { Cpu, Duration, Json, Memory, Range } from './units';
import type { EnvValue, SecretKey } from './values';

/** What one pod may use. */
export interface Compute {
  /**
   * CPU: a request is reserved, a limit throttles.
   * @default - by kind of workload, see `spec/defaults.ts`
   */
  readonly cpu?: Range<Cpu>;

  /**
   * Memory: over the limit a process is killed.
   * @default - by kind of workload, see `spec/defaults.ts`
   */
  readonly memory?: Range<Memory>;

  /**
   * Disk of the container and its `emptyDir`s: over the limit the pod is evicted.
   * @default { request: '64Mi', limit: '1Gi' }
   */
  readonly disk?: Range<Memory>;

  /**
   * Environment of these pods only, on top of the tenant's.
   * @default {}
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
}

/** A pod that stays, so it is looked at. */
export interface Probed extends Compute {
  /**
   * Timing of the probes; what they look at is fixed.
   * @default - by kind of workload
   */
  readonly probes?: Probes;
}

export interface Probes {
  /**
   * Has it come up? The others wait for this one.
   * @default - every 10 s, for ten minutes
   */
  readonly startup?: ProbeTiming;

  /**
   * May it get work, and may a rollout go on?
   * @default - every 10 s
   */
  readonly readiness?: ProbeTiming;

  /**
   * Does only a restart help? A worker whose broker is away is not restarted.
   * @default - every 30 s; of Redis every 10 s
   */
  readonly liveness?: ProbeTiming;
}

export interface ProbeTiming {
  /**
   * Before the first try.
   * @default '0s'
   */
  readonly initialDelay?: Duration;

  /**
   * Between tries.
   * @default '10s'
   */
  readonly period?: Duration;

  /**
   * For one try.
   * @default '5s'
   */
  readonly timeout?: Duration;

  /**
   * Failures in a row that count.
   * @default 3, and 60 for startup
   */
  readonly failures?: number;
}

/** One Deployment of workers that consume the same queues. */
export type WorkerPool = QueuePool | GroupPool;

/** A pool for this tenant's own queues. */
export interface QueuePool extends PoolBase {
  /** Queues as the app names them, first the one it wants most; `celery` is Celery's default queue. */
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
   * How a pod runs its tasks. Only `prefork` enforces hard time limits.
   * @default 'prefork'
   */
  readonly pool?: 'prefork' | 'threads' | 'gevent' | 'solo';

  /**
   * How long a task may take. `hard` kills it, `soft` raises in it before (a twelfth of `hard` earlier, at least 5 s).
   * The pod's grace period and the broker's visibility timeout follow from it.
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

/** KEDA: as many pods as the waiting and running tasks need. */
export interface QueueScaling {
  /** Fewest pods; 0 is allowed. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /** Tasks, waiting or running, for each pod. */
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

/** The scheduler. There is no `replicas`: two beats send every task twice. */
export interface Beat extends Probed {
  /**
   * Where the schedule lives: `file` (on a volume), `database` (django-celery-beat), `redbeat` (in the broker).
   * @default 'file'
   */
  readonly scheduler?: 'file' | 'database' | 'redbeat';

  /**
   * Entries by name, beside those that the app defines itself.
   * @default {}
   */
  readonly schedule?: Readonly<Record<string, ScheduleEntry>>;

  /**
   * Size of the volume of the schedule file; only with `file`.
   * @default '1Gi'
   */
  readonly storage?: Memory;

  /**
   * Longest sleep between two looks at the schedule, 5 to 30 s: the liveness probe sees each look.
   * @default '30s'
   */
  readonly maxInterval?: Duration;
}

/** A task, and when it is sent. */
export type ScheduleEntry = CronEntry | IntervalEntry;

interface EntryBase {
  /** Full name of the task. */
  readonly task: string;

  /**
   * Queue, as the app names it.
   * @default - the task's own
   */
  readonly queue?: string;

  /**
   * Positional arguments.
   * @default []
   */
  readonly args?: readonly Json[];

  /**
   * Named arguments.
   * @default {}
   */
  readonly kwargs?: Readonly<Record<string, Json>>;
}

export interface CronEntry extends EntryBase {
  /** Five fields: minute, hour, day of month, month, day of week; UTC unless the app sets `timezone`. */
  readonly cron: string;
}

export interface IntervalEntry extends EntryBase {
  /** Time between two sends. */
  readonly every: Duration;
}

/** The HTTP side of the app: a Deployment and a Service `web`. */
export interface Web extends Probed {
  /** What starts the server, in exec form. */
  readonly command: readonly [string, ...string[]];

  /** Port that it listens on, and port of the Service. */
  readonly port: number;

  /**
   * Path that answers 200 when the server can take requests.
   * @default '/'
   */
  readonly health?: string;

  /**
   * Pods. With `scaling` the autoscaler decides.
   * @default 2
   */
  readonly replicas?: number;

  /**
   * Follow the load by CPU.
   * @default - fixed replicas
   */
  readonly scaling?: CpuScaling;

  /**
   * Time to finish requests after SIGTERM.
   * @default '30s'
   */
  readonly grace?: Duration;
}

/** Flower: a Deployment and a Service `flower`. It holds about 25 connections to Redis. */
export interface Flower extends Probed {
  /** `user:password` of its basic auth. */
  readonly auth: SecretKey;

  /**
   * Port that it listens on, and port of the Service.
   * @default 5555
   */
  readonly port?: number;

  /**
   * Path under which an ingress serves it, without slashes.
   * @default '' (the root)
   */
  readonly urlPrefix?: string;
}

/** A Job that runs once for each version of its own content. */
export interface Migration extends Compute {
  /** What migrates; must be safe to run twice. */
  readonly command: readonly [string, ...string[]];

  /**
   * What succeeds once the migrations are done; web, worker and beat pods wait for it.
   * @default - nobody waits
   */
  readonly check?: readonly [string, ...string[]];

  /**
   * After this long the Job counts as failed.
   * @default '15m'
   */
  readonly timeLimit?: Duration;
}
