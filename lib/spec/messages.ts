// How Celery talks: messages, results, connections.

import { optional, props } from './props';
import type { Contract, PropsOf } from './props';
import { BACKENDS, SERIALIZERS } from './rules/form-guesses';
import { formBy, hinted } from './rules/kind';
import { duration, flag, oneOf, someText, text, whole } from './rules/kinds';
import { list } from './rules/shapes';

export interface Messages extends Contract, PropsOf<typeof messages> {}

export const messages = props({
  /**
   * How this tenant's producers write. Pickle runs code when it is read: only where every producer is trusted.
   * @default 'json'
   */
  serializer: optional(hinted(oneOf('json', 'pickle'), SERIALIZERS), 'json'),

  /**
   * Content types that its workers read.
   * @default - the serializer's own
   */
  accept: optional(
    formBy<readonly string[]>(list(someText, { least: 1, empty: 'leave it out for that of the serializer' })),
  ),
});

/** Celery's `priority`: each step is a list of its own in Redis, which workers empty in this order. */
export interface Priorities extends Contract, PropsOf<typeof priorities> {}

/** kombu cuts names at the separator, so it is of characters that stand in none of them. */
const separator = text(/^[^\w\s.@#*?$^\\'"-]+$/, {
  wanted: 'be made of characters that names of queues do not hold',
  fix: 'write it like ":", or leave it out',
});

export const priorities = props({
  /**
   * Priorities that have a list of their own: 0, which is served first, and others up to 9. A message with a priority
   * between two steps goes to the lower one.
   * @default [0, 3, 6, 9]
   */
  steps: optional(
    formBy<readonly [0, ...number[]]>(list(whole(0, 9), { least: 1, empty: 'begin with 0' })),
    [0, 3, 6, 9], // kombu's own
  ),

  /**
   * Stands between queue and step in the name of a list: `celery:3` with `:`. No name of a queue may hold it.
   * @default '\u0006\u0016'
   */
  separator: optional(separator, '\u0006\u0016'), // kombu's own
});

export interface Results extends Contract, PropsOf<typeof results> {}

export const results = props({
  /**
   * `redis`: the tenant's broker. `django-db`: the app's database (django-celery-results). `none`: results are ignored.
   * @default 'redis'
   */
  backend: optional(hinted(oneOf('redis', 'django-db', 'none'), BACKENDS), 'redis'),

  /**
   * How results are written, and which are read. Pickle runs code when it is read: only where every worker is trusted.
   * @default - as messages are
   */
  serializer: optional(hinted(oneOf('json', 'pickle'), SERIALIZERS)),

  /**
   * Redis database of the results; only with `redis`.
   * @default - the broker's
   */
  database: optional(whole(0)),

  /**
   * How long a result stays.
   * @default '24h'
   */
  expires: optional(duration(), '24h'),

  /**
   * Keeps name, arguments, worker and retries with the result.
   * @default false
   */
  extended: optional(flag, false),

  /**
   * Reports `STARTED` when a worker begins a task.
   * @default false
   */
  trackStarted: optional(flag, false),
});

/** At most six waits lie between two touches while a Redis hangs (measured), and liveness gives up after five minutes. */
const LONGEST_WAIT = '45s';

export interface Connections extends Contract, PropsOf<typeof connections> {}

export const connections = props({
  /**
   * Connections that a process keeps for publishing.
   * @default 10
   */
  pool: optional(whole(1), 10),

  /**
   * Most connections of one Redis client; one more is an error in the app.
   * @default - no limit
   */
  max: optional(whole(1)),

  /**
   * How long to wait for a connection, at most 45 s.
   * @default '5s'
   */
  connectTimeout: optional(duration('1s', LONGEST_WAIT), '5s'),

  /**
   * How long to wait for an answer, at most 45 s. Then a Redis that hangs counts as one that is away: the client looks
   * for it again. Without this, a client waits for ever and its worker is restarted for it. In URLs for the app's own
   * clients it is only where you say it here.
   * @default - 30 s; with sentinels 4 s, as a hung primary is replaced while its connections stay open
   */
  timeout: optional(duration('1s', LONGEST_WAIT), '30s'), // six of them: three minutes of the five that liveness gives
});
