// What a person writes to get Celery on Redis for one tenant. Plain data, JSON all the way down.

import type { BrokerUse, Cache, Redis } from './redis';
import type { App } from './app';
import type { Connections, Messages, Results } from './messages';
import type { EnvValue, Egress, Patches } from './values';
import type { Duration, Json } from './units';
import type { WorkerPool } from './worker';
import type { Beat, Flower, Migration, Web } from './workloads';
import type { Layer } from './layers';
import type { Runtime } from './runtimes';

/**
 * One app's Celery and its Redis, in a namespace of its own.
 *
 * Annotate the object (`const acme: Tenant = …`): the compiler then refuses a misspelt prop,
 * a wrong unit and an empty queue list.
 */
export interface Tenant {
  /**
   * Names the namespace, the Redis users, the queues and the folder: a DNS label, at most 40 characters.
   *
   * Renaming a tenant makes a new one; drain the old one first.
   */
  readonly name: string;

  /** What runs: the image, the Celery app in it, and how it is told its settings. */
  readonly app: App;

  /**
   * Where the messages go: one of the environment's shared brokers, or a Redis of the tenant's own.
   *
   * Large tenants and tenants you do not trust get their own: a shared Redis keeps data apart, not CPU or memory.
   * @default - the environment's only shared broker; an error where there is none or more than one
   */
  readonly broker?: BrokerUse | Redis;

  /**
   * A second Redis that may forget: caches, rate limits, sessions. Never the broker.
   * @default - none
   */
  readonly cache?: Cache;

  /**
   * Worker pools by name. Each becomes a Deployment `worker-<name>`.
   * @default - none: the tenant only produces, or a pool of its group serves it
   */
  readonly workers?: Readonly<Record<string, WorkerPool>>;

  /**
   * Queues that a program outside Stalk consumes, as the app names them: routes and schedules may send to them.
   * Nothing here looks whether it does.
   * @default []
   */
  readonly consumedElsewhere?: readonly string[];

  /**
   * The scheduler: exactly one pod, whatever happens.
   * @default - none
   */
  readonly beat?: Beat;

  /**
   * The HTTP side, which produces tasks under a Redis user of its own.
   * @default - none
   */
  readonly web?: Web;

  /**
   * Flower, the monitoring page, behind basic auth.
   * @default - none
   */
  readonly flower?: Flower;

  /**
   * A Job that prepares the database; every other pod waits for its `check`.
   * @default - none
   */
  readonly migrate?: Migration;

  /**
   * Where task results go and how long they stay.
   * @default - this tenant's broker, same database, for a day
   */
  readonly results?: Results;

  /**
   * How messages are written and which are read.
   * @default - JSON only
   */
  readonly messages?: Messages;

  /**
   * Sizes and timeouts of connections to Redis.
   * @default - Celery's pool of 10, 5 s to connect, 30 s for an answer
   */
  readonly connections?: Connections;

  /**
   * What a crash does to a running task: run it again, or lose it.
   *
   * `at-least-once` acknowledges after the work (late acks, reject on worker lost): tasks must be idempotent.
   * `at-most-once` acknowledges before it.
   * @default 'at-least-once'
   */
  readonly delivery?: 'at-least-once' | 'at-most-once';

  /**
   * The longest `countdown`, `eta` or retry delay that the app uses.
   *
   * A worker holds such a message unacknowledged, so the broker's visibility timeout is derived from it: too short a
   * value runs tasks twice, a long one makes redelivery after a crash late. Longer delays belong to beat.
   * @default '1h'
   */
  readonly longestDelay?: Duration;

  /**
   * A limit that Celery applies to every task without one of its own, per worker.
   * @default - no limit
   */
  readonly rateLimit?: `${number}/${'s' | 'm' | 'h'}`;

  /**
   * Any other Celery setting, in lower case; refused where the platform derives it, and where it is nearly the name of
   * one: Celery passes over unknown names in silence.
   * @default {}
   * @see https://docs.celeryq.dev/en/stable/userguide/configuration.html
   */
  readonly celery?: Readonly<Record<string, Json>>;

  /**
   * Environment of every pod that runs the app's code.
   * @default {}
   */
  readonly env?: Readonly<Record<string, EnvValue>>;

  /**
   * Values that look like secrets and are none, by their path as the message about them spells it: `['env.DSN']`.
   * What looks like one (by its form or its name) is refused, as the rendered tree lies in Git.
   * @default []
   */
  readonly notSecret?: readonly string[];

  /**
   * What the tenant's pods may reach besides DNS and their Redis. Everything else is refused.
   * @default []
   */
  readonly egress?: readonly Egress[];

  /**
   * Stamped on the pods that hold a Redis URL in their environment; change it in a rotation to roll just those.
   * @default '1'
   */
  readonly credentialsVersion?: string;

  /**
   * Version of what Stalk runs inside the pods, with those of a Redis of its own: the first tenant to take a new one
   * names it here, the last to leave an old one too.
   * @default - the environment's
   * @see docs/runtime.md
   */
  readonly runtime?: Runtime;

  /**
   * Names of the environments in which the tenant lives.
   * @default - all
   */
  readonly environments?: readonly string[];

  /**
   * What differs in one environment: records merge, lists replace, `false` removes.
   * @default {}
   */
  readonly overlays?: Readonly<Record<string, Overlay>>;

  /**
   * The last hatch: JSON Patch on rendered objects, by `Kind/name`; a star matches many: `Deployment/*`.
   *
   * Applied after the environment's `patches` and before those of the overlay; none replaces another.
   * @default {}
   * @see https://www.rfc-editor.org/rfc/rfc6902
   */
  readonly patches?: Patches;
}

/** A partial tenant, laid over the tenant in one environment. */
export type Overlay = Layer<Omit<Tenant, 'name' | 'environments' | 'overlays' | 'patches'>> & {
  /**
   * Patches for this environment, applied after the tenant's own.
   * @default {}
   */
  readonly patches?: Patches;
};
