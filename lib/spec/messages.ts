// How Celery talks: messages, results, connections.

import type { Duration } from './units';

export interface Messages {
  /**
   * How this tenant's producers write. Pickle runs code when it is read: only where every producer is trusted.
   * @default 'json'
   */
  readonly serializer?: 'json' | 'pickle';

  /**
   * Content types that its workers read.
   * @default - the serializer's own
   */
  readonly accept?: readonly string[];
}

/** Celery's `priority`: each step is a list of its own in Redis, which workers empty in this order. */
export interface Priorities {
  /**
   * Priorities that have a list of their own: 0, which is served first, and others up to 9. A message with a priority
   * between two steps goes to the lower one.
   * @default [0, 3, 6, 9]
   */
  readonly steps?: readonly [0, ...number[]];

  /**
   * Stands between queue and step in the name of a list: `celery:3` with `:`. No name of a queue may hold it.
   * @default '\u0006\u0016'
   */
  readonly separator?: string;
}

export interface Results {
  /**
   * `redis`: the tenant's broker. `django-db`: the app's database (django-celery-results). `none`: results are ignored.
   * @default 'redis'
   */
  readonly backend?: 'redis' | 'django-db' | 'none';

  /**
   * Redis database of the results; only with `redis`.
   * @default - the broker's
   */
  readonly database?: number;

  /**
   * How long a result stays.
   * @default '24h'
   */
  readonly expires?: Duration;

  /**
   * Keeps name, arguments, worker and retries with the result.
   * @default false
   */
  readonly extended?: boolean;

  /**
   * Reports `STARTED` when a worker begins a task.
   * @default false
   */
  readonly trackStarted?: boolean;
}

export interface Connections {
  /**
   * Connections that a process keeps for publishing.
   * @default 10
   */
  readonly pool?: number;

  /**
   * Most connections of one Redis client; one more is an error in the app.
   * @default - no limit
   */
  readonly max?: number;

  /**
   * How long to wait for a connection, at most 45 s.
   * @default '5s'
   */
  readonly connectTimeout?: Duration;

  /**
   * How long to wait for an answer, at most 45 s. Then a Redis that hangs counts as one that is away: the client looks
   * for it again. Without this, a client waits for ever and its worker is restarted for it. In URLs for the app's own
   * clients it is only where you say it here.
   * @default - 30 s; with sentinels 4 s, as a hung primary is replaced while its connections stay open
   */
  readonly timeout?: Duration;
}
