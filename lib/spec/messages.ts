// How Celery talks: messages, results, connections.

import { optional, props } from './props';
import type { Contract, PropsOf } from './props';
import { BACKENDS, SERIALIZERS } from './rules/form-guesses';
import { formBy, hinted } from './rules/kind';
import { duration, flag, oneOf, someText, whole } from './rules/kinds';
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

export interface Results extends Contract, PropsOf<typeof results> {}

export const results = props({
  /**
   * `redis`: the tenant's broker. `django-db`: the app's database (django-celery-results). `none`: results are ignored.
   * @default 'redis'
   */
  backend: optional(hinted(oneOf('redis', 'django-db', 'none'), BACKENDS), 'redis'),

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
