// What runs for a tenant beside its workers: beat, web, Flower, migrations.

import { requestLimit, computeLines, probedLines } from './compute';
import type { Compute, Probed } from './compute';
import { expose } from './expose';
import type { Expose } from './expose';
import { flowerAuth } from './flower-login';
import type { FlowerAuth } from './flower-login';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { cron } from './rules/cron';
import { command } from './rules/form-command';
import { SCHEDULERS } from './rules/form-guesses';
import { headers, hostName } from './rules/form-health';
import { ownPort, queueName, taskName, urlPath, urlPrefix } from './rules/form-names';
import { hinted } from './rules/kind';
import type { Form } from './rules/kind';
import {
  anything,
  anyText,
  atMost,
  data,
  duration,
  memory,
  oneOf,
  port,
  someText,
  spread,
  whole,
} from './rules/kinds';
import { all, each, list, marked } from './rules/shapes';
import { besideLines, besideWebLines } from './sidecars';
import type { WithSidecars, WithWebSidecars } from './sidecars';
import type { Cpu, Json, Memory } from './units';
import { usageScaling } from './scaling';
import type { UsageScaling } from './scaling';
import { LONGEST, SHORTER } from './worker';

const SMALL = { cpu: requestLimit<Cpu>('50m', '250m'), memory: requestLimit<Memory>('128Mi', '256Mi') };
export const USUAL = { cpu: requestLimit<Cpu>('100m', '1'), memory: requestLimit<Memory>('256Mi', '512Mi') };

export const graceForm = all(duration(), atMost(LONGEST, { ...SHORTER, fix: 'end requests sooner' }));

interface EntryBase extends Contract, PropsOf<typeof entryBase> {}

const entryBase = {
  /** Full name of the task. */
  task: required(taskName),

  /**
   * Queue, as the app names it.
   * @default - the task's own
   */
  queue: optional(queueName),

  /**
   * Positional arguments.
   * @default []
   */
  args: optional(list<Json>(anything(), { repeats: true })),

  /**
   * Named arguments.
   * @default {}
   */
  kwargs: optional(each<Json>(anyText, data)),
};

export interface CronEntry extends EntryBase, PropsOf<typeof cronEntry> {}

const cronEntry = props({
  ...entryBase,

  /** Five fields: minute, hour, day of month, month, day of week; UTC unless the app sets `timezone`. */
  cron: required(cron),
});

export interface IntervalEntry extends EntryBase, PropsOf<typeof intervalEntry> {}

const intervalEntry = props({
  ...entryBase,

  /** Time between two sends. */
  every: required(duration()),
});

/** A task, and when it is sent. */
export type ScheduleEntry = CronEntry | IntervalEntry;

const entry: Form<ScheduleEntry> = marked({ every: intervalEntry, cron: cronEntry });

/** The scheduler. There is no `replicas`: two beats send every task twice. */
export interface Beat extends Probed, WithSidecars, PropsOf<typeof beat> {}

export const beat = props({
  ...probedLines(SMALL),
  ...besideLines,

  /**
   * Where the schedule lives: `file` (on a volume), `database` (django-celery-beat), `redbeat` (in the broker).
   * @default 'file'
   */
  scheduler: optional(hinted(oneOf('file', 'database', 'redbeat'), SCHEDULERS), 'file'),

  /**
   * Entries by name, beside those that the app defines itself.
   * @default {}
   */
  schedule: optional(each(someText, entry), {}),

  /**
   * Size of the volume of the schedule file; only with `file`.
   * @default '1Gi'
   */
  storage: optional(memory, '1Gi'), // what most storage classes give at least

  /**
   * Longest sleep between two looks at the schedule, 5 to 30 s: the liveness probe sees each look. RedBeat's lock lasts
   * five of them: so long a second beat waits after the first one died.
   * @default '30s'
   */
  maxInterval: optional(duration('5s', '30s'), '30s'), // ten looks in the 300 s after which liveness gives up
});

/** The request that asks a server whether it can take others. */
export interface HealthRequest extends Contract, PropsOf<typeof healthRequest> {}

export const healthRequest = props({
  /**
   * Path that answers 200 without a login; with the prefix that the app is served under (`SCRIPT_NAME`, `root_path`).
   * @default '/'
   */
  path: optional(urlPath, '/'),

  /**
   * Name that the request asks for in its `Host`, one of those that the app answers to; `'*'` says that it answers to any.
   * With it, the request also says that it came over HTTPS (`X-Forwarded-Proto`), as those from an ingress do: an app
   * that redirects plain HTTP would answer with a redirect. Where `expose` is without TLS it does not.
   * @default - the first host of `expose`, else the pod's IP
   */
  host: optional(hostName),

  /**
   * More headers, no secrets; one called `X-Forwarded-Proto` takes the place of the one above.
   * @default {}
   */
  headers: optional(headers, {}),

  /**
   * Port that answers it, where that is not the one that is served.
   * @default - the port of web
   */
  port: optional(port),

  /**
   * `https` where the server speaks nothing else; its certificate is not verified.
   * @default 'http'
   */
  scheme: optional(oneOf('http', 'https'), 'http'),
});

/** The HTTP side of the app: a Deployment and a Service `web`. */
export interface Web extends Probed, WithWebSidecars, PropsOf<typeof web> {}

/** Of every server: `web`, and processes with a port. */
export const serverLines = {
  ...probedLines(USUAL),
  ...besideWebLines,

  /** What starts the server, in exec form. */
  command: required(command),

  /** Port that it listens on, and port of the Service: other programs of the app reach it by its name, `http://web:8000`. */
  port: required(ownPort),

  /**
   * Lets requests in from outside the cluster.
   * @default - nobody reaches it but the app's own programs, and `peers.ingress` of the environment by an Ingress of somebody else
   * @see docs/expose.md
   */
  expose: optional<Expose>(expose),

  /**
   * Path that answers 200 when the server can take requests, or the whole request that asks for it.
   *
   * The kubelet sends it to the pod's IP, which is also its `Host`: an app that answers to its own names alone refuses
   * it (Django's `ALLOWED_HOSTS`, FastAPI's `TrustedHostMiddleware`), so a Django app has to say a `host`, here or in
   * `expose`.
   * @default '/'
   */
  health: optional<string | HealthRequest, '/'>(
    spread(urlPath, healthRequest, (path) => ({ path })),
    '/',
  ),

  /**
   * Pods. With `scaling` the autoscaler decides.
   * @default 2
   */
  replicas: optional(whole(0), 2), // one may drain

  /**
   * Follow the load by CPU, by memory, or by both.
   * @default - fixed replicas
   */
  scaling: optional<UsageScaling>(usageScaling),

  /**
   * Server processes in a pod, where the command does not say it; each has connections of its own to Redis.
   * @default - what the command says (`--workers 4` of gunicorn and uvicorn, `--processes` of uWSGI), else 1
   */
  processes: optional<number>(whole(1, 1000)),

  /**
   * Threads, or greenlets, of each process that serve requests at a time. One that sends tasks and waits for them holds
   * up to 4 connections to Redis, one that also asks workers (`inspect`) 6; `maxClients` of the broker must have room
   * for all.
   * @default - what the command says (`--threads 8`), else 1
   */
  threads: optional<number>(whole(1, 10_000)),

  /**
   * Time to finish requests after SIGTERM, at most 24 h: a drained node waits for it.
   * @default '30s'
   */
  grace: optional(graceForm, '30s'),
};

export const web = props(serverLines);

/** Flower: a Deployment and a Service `flower`. It holds about 25 connections to Redis. */
export interface Flower extends Probed, WithWebSidecars, PropsOf<typeof flower> {}

export const flower = props({
  ...probedLines(SMALL),
  ...besideWebLines,

  /**
   * Who lets people in: its own basic auth, with `user:password` under one key of a Secret or each under a key of its own;
   * or `'proxy'`, where the ingress asks somebody else (OIDC) before it lets a request through. Flower then asks nobody,
   * and its API answers 401.
   * @see docs/expose.md
   */
  auth: required<FlowerAuth>(flowerAuth),

  /**
   * Port that it listens on, and port of the Service.
   * @default 5555
   */
  port: optional(ownPort, 5555),

  /**
   * Lets requests in from outside the cluster.
   * @default - nobody but `peers.ingress` of the environment reaches it, by an Ingress of somebody else
   * @see docs/expose.md
   */
  expose: optional<Expose>(expose),

  /**
   * Path under which an ingress of somebody else serves it, without slashes; `expose` says its own.
   * @default '' (the root), or the path of `expose`
   */
  urlPrefix: optional(urlPrefix, ''),
});

/** A Job that runs once for each version of its own content. */
export interface Migration extends Compute, WithSidecars, PropsOf<typeof migration> {}

export const migration = props({
  ...computeLines(USUAL),
  ...besideLines,

  /** What migrates; must be safe to run twice. */
  command: required(command),

  /**
   * What succeeds once the migrations are done; web, worker and beat pods wait for it.
   * @default - nobody waits
   */
  check: optional(command),

  /**
   * After this long the Job counts as failed.
   * @default '15m'
   */
  timeLimit: optional(duration(), '15m'),
});
