// What runs for a tenant beside its workers: beat, web, Flower, migrations.

import type { Compute, Probed } from './compute';
import type { Duration, Json, Memory } from './units';
import type { SecretKey } from './values';
import type { CpuScaling } from './worker';

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
   * Longest sleep between two looks at the schedule, 5 to 30 s: the liveness probe sees each look. RedBeat's lock lasts
   * five of them: so long a second beat waits after the first one died.
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
   * Server processes in a pod, where the command does not say it; each has connections of its own to Redis.
   * @default - what the command says (`--workers 4` of gunicorn and uvicorn, `--processes` of uWSGI), else 1
   */
  readonly processes?: number;

  /**
   * Threads, or greenlets, of each process that serve requests at a time. One that sends tasks and waits for them holds
   * up to 4 connections to Redis, one that also asks workers (`inspect`) 6; `maxClients` of the broker must have room
   * for all.
   * @default - what the command says (`--threads 8`), else 1
   */
  readonly threads?: number;

  /**
   * Time to finish requests after SIGTERM, at most 24 h: a drained node waits for it.
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
