// What a person writes to get Celery on Redis for one tenant. Plain data, JSON all the way down.

import { app } from './app';
import type { Layer } from './layers';
import { connections, messages, priorities, results } from './messages';
import type { Connections, Messages, Priorities, Results } from './messages';
import { objectives } from './objectives';
import type { Objectives } from './objectives';
import { appPods } from './pods';
import type { Pods } from './pods';
import { producersForm } from './producers';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { processesForm } from './processes';
import { cacheOf } from './redis';
import type { ExternalCache } from './external';
import type { TenantBroker } from './moving';
import { envFrom, files } from './files';
import type { Cache } from './redis';
import { brokerOf } from './rules/form-broker';
import { DELIVERIES } from './rules/form-guesses';
import { annotationsOfObjects, labelsOfObjects } from './rules/form-metadata';
import { celerySetting, queueName, rateLimit } from './rules/form-names';
import { patches } from './rules/form-patches';
import { formBy, hinted, NOTHING } from './rules/kind';
import type { Form } from './rules/kind';
import {
  anything,
  atMost,
  data,
  duration,
  flag,
  label,
  oneOf,
  runtime,
  someText,
  whole,
} from './rules/kinds';
import { all, each, list } from './rules/shapes';
import { initContainers, sidecars } from './sidecars';
import { egresses, env } from './values';
import { pool } from './worker';
import { beat, flower, migration, web } from './workloads';
import type { Beat, Flower, Migration, Web } from './workloads';

/** A worker holds a delayed message unacknowledged all the time, and a crash gives it back as late as that. */
const LONGEST_DELAY = '24h';
const DELAY = {
  wanted: ', as a worker holds a delayed message all that time',
  fix: 'send it from beat, or from a task that looks for what is due',
};

/** overlays.ts looks at both: it needs the names of all environments. */
const homes: Form<readonly string[]> = anything({ type: 'array', items: { type: 'string' } });
const overlays = (): Form<Readonly<Record<string, Overlay>>> =>
  formBy(() => NOTHING, undefined, {
    kind: 'layers',
    of: props({ ...inEachEnvironment, ...inOverlays }),
  });

interface InEachEnvironment extends Contract, PropsOf<typeof inEachEnvironment> {}

/** What an overlay may change. */
const inEachEnvironment = {
  /** What runs: the image, the Celery app in it, and how it is told its settings. */
  app: required(app),

  /**
   * Where the messages go: one of the environment's shared brokers, or a Redis of the tenant's own.
   *
   * Large tenants and tenants you do not trust get their own: a shared Redis keeps data apart, not CPU or memory.
   * @default - the environment's only shared broker; an error where there is none or more than one
   */
  broker: optional<TenantBroker>(brokerOf([])), // form.ts: it needs the names of the environment's

  /**
   * A second Redis that may forget: caches, rate limits, sessions. Never the broker. With `topology: 'external'` it is one
   * that somebody else runs.
   * @default - none
   */
  cache: optional<Cache | ExternalCache>(cacheOf),

  /**
   * Worker pools by name. Each becomes a Deployment `worker-<name>`.
   * @default - none: the tenant only produces, or a pool of its group serves it
   */
  workers: optional(each(label, pool)),

  /**
   * Queues that a program outside Stalk consumes, as the app names them: routes and schedules may send to them.
   * Nothing here looks whether it does.
   * @default []
   */
  consumedElsewhere: optional(list(queueName), []),

  /**
   * Programs of other namespaces that send tasks to this tenant, by name. Policies let their pods reach its broker; they
   * come as its producer, the user that web has, and their namespace needs that password.
   * @default {}
   * @see docs/processes.md
   */
  producers: optional(producersForm, {}),

  /**
   * The scheduler: exactly one pod, whatever happens.
   * @default - none
   */
  beat: optional<Beat>(beat),

  /**
   * The HTTP side, which produces tasks under a Redis user of its own.
   * @default - none
   */
  web: optional<Web>(web),

  /**
   * Other programs of the app by name: a second server, a websocket server, a listener, a program that the clock
   * starts. Each becomes a Deployment of its name, or with `cron` a CronJob.
   * @default - none
   * @see docs/processes.md
   */
  processes: optional(processesForm),

  /**
   * Flower, the monitoring page, behind basic auth.
   * @default - none
   */
  flower: optional<Flower>(flower),

  /**
   * A Job that prepares the database; every other pod waits for its `check`.
   * @default - none
   */
  migrate: optional<Migration>(migration),

  /**
   * Programs of other images beside every program of the app, Jobs included, by name: a database proxy.
   *
   * With `nativeSidecars` of the environment they start before all else in the pod and end after it.
   * @default {}
   * @see docs/sidecars.md
   */
  sidecars: optional(sidecars, {}),

  /**
   * What runs to its end in every pod of the app before it starts, by name, in this order: a wait for a database.
   * After the sidecars and `stagger`, before Stalk's own waits for Redis and migrations.
   * @default {}
   */
  initContainers: optional(initContainers, {}),

  /**
   * Where task results go and how long they stay.
   * @default - this tenant's broker, same database, for a day
   */
  results: optional<Results>(results),

  /**
   * How messages are written and which are read.
   * @default - JSON only
   */
  messages: optional<Messages>(messages),

  /**
   * Priorities that messages may have, `priority_steps` and `sep` of Celery's transport. Say here what the app says in
   * its code: workers, producers, Redis users and the autoscaler follow from this, and it wins over the app's own.
   * Workers leave what waits in a list that they no longer know: empty the queues before you take a step away.
   * @default - four steps: 0, 3, 6 and 9
   * @see https://docs.celeryq.dev/en/stable/userguide/routing.html#redis-message-priorities
   */
  priorities: optional<Priorities>(priorities),

  /**
   * Sizes and timeouts of connections to Redis.
   * @default - Celery's pool of 10, 5 s to connect, 30 s for an answer
   */
  connections: optional<Connections>(connections),

  /**
   * What is promised of its queues and tasks. Where the environment has `monitoring`, alerts fire where it is not held.
   * @default - 500 messages and 10 m in a queue, 99 % of the tasks in time and well
   * @see docs/observability.md
   */
  objectives: optional<Objectives>(objectives),

  /**
   * Whether workers and producers send an event for each step of a task, for a monitor of your own. Flower has them anyway.
   * @default false
   */
  events: optional(flag, false), // one message for each step of each task, which nobody may read

  /**
   * What a crash does to a running task: run it again, or lose it.
   *
   * `at-least-once` acknowledges after the work (late acks, reject on worker lost): tasks must be idempotent.
   * `at-most-once` acknowledges before it.
   * @default 'at-least-once'
   */
  delivery: optional(hinted(oneOf('at-least-once', 'at-most-once'), DELIVERIES), 'at-least-once'), // losing a task is worse than running it again

  /**
   * How often a task begins again whose process or pod died in it: killed, out of memory, crashed.
   *
   * After that it is a dead letter: it is not begun any more, its result is a failure, and its message waits for an
   * operator. What a worker gives back by itself (a rollout, a lost connection, a retry) does not count. With
   * `at-most-once` it holds for tasks that are `acks_late` by themselves; no other begins again.
   * @default 5
   * @see docs/operating.md, A task that kills its worker
   */
  deliveryLimit: optional(whole(1, 1000), 5), // a neighbour of a task that kills pods, or one on nodes that come and go, has had its chances

  /**
   * The longest `countdown`, `eta` or retry delay that the app uses.
   *
   * A worker holds such a message unacknowledged, so the broker's visibility timeout is derived from it: too short a
   * value runs tasks twice, a long one makes redelivery after a crash late. Longer delays belong to beat.
   * @default '1h'
   */
  longestDelay: optional(all(duration('0s'), atMost(LONGEST_DELAY, DELAY)), '1h'), // what kombu's own visibility timeout allows, so that an app that worked goes on working

  /**
   * A limit that Celery applies to every task without one of its own, per worker.
   *
   * A worker holds the messages that wait for it, `concurrency × prefetch` of them, and the visibility timeout counts
   * that wait: at `'2/m'` and four messages, two minutes.
   * @default - no limit
   */
  rateLimit: optional(rateLimit),

  /**
   * Any other Celery setting, in lower case; refused where the platform derives it, and where it is nearly the name of
   * one: Celery passes over unknown names in silence.
   * @default {}
   * @see https://docs.celeryq.dev/en/stable/userguide/configuration.html
   */
  celery: optional(each(celerySetting, data), {}),

  /**
   * How workers and beat write their logs: as Celery does, or one JSON object a line, with the tenant, and the name and id
   * of the task. The app stays as it is; for web it is one variable more.
   * @default 'text'
   * @see docs/logs.md
   */
  logs: optional(oneOf('text', 'json'), 'text'),

  /**
   * Environment of every pod that runs the app's code.
   * @default {}
   */
  env: optional(env, {}),

  /**
   * Whole Secrets and ConfigMaps as environment of every pod that runs the app's code: `[{ secret: 'app', optional: true }]`.
   * A later one wins over an earlier one, and `env` and all that Stalk sets win over each.
   * @default []
   * @see docs/environment.md
   */
  envFrom: optional(envFrom, []),

  /**
   * Files of Secrets and ConfigMaps in every pod that runs the app's code, by path:
   * `{ '/etc/acme/app.yaml': { configMap: 'acme', key: 'app.yaml' } }`. They are read-only.
   * @default {}
   * @see docs/environment.md
   */
  files: optional(files, {}),

  /**
   * Values that look like secrets and are none, by their path as the message about them spells it: `['env.DSN']`.
   * What looks like one (by its form or its name) is refused, as the rendered tree lies in Git.
   * @default []
   */
  notSecret: optional(list(someText), []),

  /**
   * Where the pods of the app run and as whom: nodes, priority, ServiceAccount, labels. A Redis says it of its own pods.
   * @default - any node, no account, no labels but Stalk's
   * @see docs/pods.md
   */
  pods: optional<Pods>(appPods),

  /**
   * Labels of every object of the tenant, its namespace among them, such as a cost centre. Pods have labels of their own
   * (`pods.labels`): a change here restarts nothing and runs no migration again.
   * @default {}
   */
  labels: optional(labelsOfObjects, {}),

  /**
   * Annotations of every object of the tenant, not of its pods.
   * @default {}
   */
  annotations: optional(annotationsOfObjects, {}),

  /**
   * What the tenant's pods may reach besides DNS and their Redis. Everything else is refused.
   * @default []
   */
  egress: optional(egresses, []),

  /**
   * Stamped on the pods that hold a Redis URL in their environment; change it in a rotation to roll just those.
   * @default '1'
   */
  credentialsVersion: optional(someText, '1'),

  /**
   * Version of what Stalk runs inside the pods, with those of a Redis of its own: the first tenant to take a new one
   * names it here, the last to leave an old one too.
   * @default - the environment's
   * @see docs/runtime.md
   */
  runtime: optional(runtime),
};

/** A partial tenant, laid over the tenant in one environment. */
export interface Overlay extends Layer<InEachEnvironment>, PropsOf<typeof inOverlays> {}

const inOverlays = {
  /**
   * Patches for this environment, applied after the tenant's own.
   * @default {}
   */
  patches: optional(patches),
};

/**
 * One app's Celery and its Redis, in a namespace of its own.
 *
 * Annotate the object (`const acme: Tenant = …`): the compiler then refuses a misspelt prop,
 * a wrong unit and an empty queue list.
 */
export interface Tenant extends InEachEnvironment, PropsOf<typeof tenant> {}

export const tenant = props({
  /**
   * Names the namespace, the Redis users, the queues and the folder: a DNS label, at most 40 characters.
   *
   * Renaming a tenant makes a new one; drain the old one first.
   */
  name: required(label),

  ...inEachEnvironment,

  /**
   * Names of the environments in which the tenant lives.
   * @default - all
   */
  environments: optional(homes),

  /**
   * What differs in one environment: records merge, lists replace, `false` removes.
   * @default {}
   */
  overlays: optional(overlays()),

  /**
   * The last hatch: JSON Patch on rendered objects, by `Kind/name`; a star matches many: `Deployment/*`.
   *
   * Applied after the environment's `patches` and before those of the overlay; none replaces another.
   * @default {}
   * @see https://www.rfc-editor.org/rfc/rfc6902
   */
  patches: optional(patches),
});
