/** What becomes of each use of a library, on each place: the live suite tries it, and docs/clients.md shows it. */
import { join } from 'node:path';
import type { Place } from './tenants';

export type Outcome = 'works' | `refused: ${string}`;

export interface Use {
  /** As PyPI calls it. */
  readonly library: string;
  /** A file in `code` that tries it. */
  readonly program: string;
  readonly does: string;
  readonly outcome: Readonly<Record<Place, Outcome>>;
}

const refusal = (what: string): Outcome => `refused: ${what}`;

function outcomes(own: Outcome, shared: Outcome, cache: Outcome): Use['outcome'] {
  return { 'a broker of its own': own, 'a shared broker': shared, 'a cache': cache };
}

const WORKS = outcomes('works', 'works', 'works');
const FLUSH = outcomes(refusal('FLUSHDB'), refusal('FLUSHDB'), 'works');
const notShared = (what: string): Use['outcome'] => outcomes('works', refusal(what), 'works');
const NO_PREFIX = notShared('a key without the prefix');

type Row = readonly [library: string, program: string, does: string, outcome: Use['outcome']];

const ROWS: readonly Row[] = [
  ['redis', 'redis_py', 'strings, counters, expiry', WORKS],
  ['redis', 'redis_py', 'hashes, lists, sets, sorted sets, streams', WORKS],
  ['redis', 'redis_py', '`Lock` (acquire, extend, reacquire, release)', WORKS],
  ['redis', 'redis_py', 'pipelines, `WATCH`, `transaction`', WORKS],
  ['redis', 'redis_py', 'Lua (`eval`, `register_script`)', WORKS],
  ['redis', 'redis_py', '`publish`, `subscribe`', WORKS],
  ['redis', 'redis_py', '`psubscribe` to a pattern of its own', notShared('a pattern')],
  ['redis', 'redis_py', '`info`', notShared('INFO')],
  ['redis', 'redis_py', '`scan_iter`', notShared('SCAN')],
  ['redis', 'redis_py', '`keys`', notShared('KEYS')],
  ['redis', 'redis_py', '`dbsize`', notShared('DBSIZE')],
  ['redis', 'redis_py', '`flushdb`', FLUSH],
  ['redis', 'redis_py', '`flushall`', outcomes(refusal('FLUSHALL'), refusal('FLUSHALL'), 'works')],
  [
    'redis',
    'redis_py',
    '`config_get`',
    outcomes(refusal('CONFIG|GET'), refusal('CONFIG|GET'), refusal('CONFIG|GET')),
  ],
  ['Django', 'django_cache', '`get`, `set`, `add`, `incr`, `touch`, `*_many`', WORKS],
  ['Django', 'django_cache', 'sessions', WORKS],
  ['Django', 'django_cache', '`clear`', FLUSH],
  [
    'django-redis',
    'django_redis_cache',
    '`get`, `set`, `add`, `incr`, `decr`, `ttl`, `persist`, `expire`, `*_many`',
    WORKS,
  ],
  ['django-redis', 'django_redis_cache', '`lock`', WORKS],
  ['django-redis', 'django_redis_cache', 'sets and hashes (`sadd`, `hset`)', WORKS],
  ['django-redis', 'django_redis_cache', '`delete_pattern`, `iter_keys`', notShared('SCAN')],
  ['django-redis', 'django_redis_cache', '`keys`', notShared('KEYS')],
  ['django-redis', 'django_redis_cache', '`clear`', FLUSH],
  ['channels-redis', 'channels_layers', '`core` layer (`send`, `receive`, `group_send`)', WORKS],
  ['channels-redis', 'channels_layers', '`pubsub` layer', WORKS],
  ['channels-redis', 'channels_layers', '`core` layer: `flush`', notShared('a command in a script')],
  ['Flask-Limiter', 'flask_limits', 'fixed window', WORKS],
  ['Flask-Limiter', 'flask_limits', 'moving window', WORKS],
  ['Flask-Limiter', 'flask_limits', 'sliding window', WORKS],
  ['Flask-Limiter', 'flask_limits', '`reset`', notShared('a command in a script')],
  ['Flask-Caching', 'flask_caches', '`memoize`, `set_many`, `inc`', WORKS],
  ['Flask-Caching', 'flask_caches', '`clear` with a `CACHE_KEY_PREFIX`', notShared('KEYS')],
  ['django-cachalot', 'query_caches', 'queries, invalidated by writes', WORKS],
  ['django-cacheops', 'query_caches', 'queries, invalidated by writes', notShared('INFO')],
  ['django-cacheops', 'query_caches', 'the same, with `is_redis_7` in place of its own', WORKS],
  ['django-cacheops', 'query_caches', '`invalidate_model`', notShared('KEYS')],
  ['django-cacheops', 'query_caches', '`invalidate_all`', FLUSH],
  ['celery-once', 'task_locks', '`QueueOnce`', WORKS],
  ['celery-singleton', 'task_locks', '`Singleton`', WORKS],
  ['celery-singleton', 'task_locks', '`clear_locks`', notShared('SCAN')],
  ['celery-redbeat', 'celery_tools', "entries from the app's code", WORKS],
  ['celery-exporter', 'celery_tools', 'events, `inspect`, queue lengths', WORKS],
  ['dramatiq', 'other_queues', 'actors, delays', WORKS],
  ['huey', 'other_queues', 'tasks, schedule', NO_PREFIX],
  ['huey', 'other_queues', 'the same, its keys prefixed by a subclass', WORKS],
  ['rq', 'other_queues', 'jobs', NO_PREFIX],
];

export const USES: readonly Use[] = ROWS.map(([library, program, does, outcome]) => ({
  library,
  program,
  does,
  outcome,
}));

/** Packages that the suite installs. */
export const LIST = join(__dirname, 'clients.txt');
