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
   * Path that answers 200 when the server can take requests, or the whole request that asks for it.
   *
   * The kubelet sends it to the pod's IP, which is also its `Host`: an app that answers to its own names alone refuses
   * it (Django's `ALLOWED_HOSTS`, FastAPI's `TrustedHostMiddleware`), so a Django app has to say a `host`.
   * @default '/'
   */
  readonly health?: string | HealthRequest;

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
   * Time to finish requests after SIGTERM, at most 24 h: a drained node waits for it.
   * @default '30s'
   */
  readonly grace?: Duration;
}

/** The request that asks a server whether it can take others. */
export interface HealthRequest {
  /**
   * Path that answers 200 without a login; with the prefix that the app is served under (`SCRIPT_NAME`, `root_path`).
   * @default '/'
   */
  readonly path?: string;

  /**
   * Name that the request asks for in its `Host`, one of those that the app answers to; `'*'` says that it answers to any.
   * With it, the request also says that it came over HTTPS (`X-Forwarded-Proto`), as those from an ingress do: an app
   * that redirects plain HTTP would answer with a redirect.
   * @default - the pod's IP
   */
  readonly host?: string;

  /**
   * More headers, no secrets; one called `X-Forwarded-Proto` takes the place of the one above.
   * @default {}
   */
  readonly headers?: Readonly<Record<string, string>>;

  /**
   * Port that answers it, where that is not the one that is served.
   * @default - the port of web
   */
  readonly port?: number;

  /**
   * `https` where the server speaks nothing else; its certificate is not verified.
   * @default 'http'
   */
  readonly scheme?: 'http' | 'https';
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
