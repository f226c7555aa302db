// A Redis that Stalk runs: a broker or a cache.

import { backupOrNone } from './backup';
import type { Backup } from './backup';
import { requestLimit, probes, PROBES_OF_REDIS } from './compute';
import type { RequestLimit, ProbeDefaults, Probes } from './compute';
import { external, externalCache, redisCluster } from './external';
import type { External, ExternalCache, RedisCluster } from './external';
import { serverPods } from './pods';
import type { ServerPods } from './pods';
import { asItWas } from './moving';
import type { AsItWas, Moving, movingLines } from './moving';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { image } from './rules/form-image';
import { keyPrefixOrNone } from './rules/form-names';
import { redisRecord, topology } from './rules/form-redis';
import { formBy } from './rules/kind';
import type { Form } from './rules/kind';
import { cpu, flag, memory, objectName, oneOf, range, runtime, whole } from './rules/kinds';
import { has, named, only, prop } from './rules/shapes';
import { tls } from './tls';
import type { Cpu, Memory, Range } from './units';

const eviction = oneOf(
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'volatile-lru',
  'volatile-ttl',
  'allkeys-random',
);

interface ServerDefaults {
  readonly cpu: RequestLimit<Cpu>;
  readonly eviction: 'noeviction' | 'allkeys-lru';
}

export interface RedisServer extends Contract, PropsOf<ReturnType<typeof redisServer>> {}

const redisServer = (by: ServerDefaults) => ({
  /**
   * CPU; Redis runs commands on one core.
   * @default { request: '100m', limit: '500m' }; a cache { request: '50m', limit: '500m' }
   */
  cpu: optional<Range<Cpu>, RequestLimit<Cpu>>(range(cpu), by.cpu),

  /**
   * Memory of the container; `maxmemory` is 70 % of the limit, the rest is for copy-on-write and buffers.
   * @default { request: '128Mi', limit: '256Mi' }
   */
  memory: optional<Range<Memory>, RequestLimit<Memory>>(range(memory), requestLimit('128Mi', '256Mi')), // about 50,000 small tasks waiting, at 1 KB each

  /**
   * Image; it needs `sh`, `redis-server` and `redis-cli`.
   * @default 'redis:7.2.11-alpine'
   */
  image: optional(image, 'redis:7.2.11-alpine'), // the last BSD-licensed line, with the fixes of Lua's sandbox (CVE-2025-49844)

  /**
   * What to do at `maxmemory`; anything but `noeviction` is refused on a broker, where it deletes accepted tasks.
   * @default 'noeviction' on a broker, 'allkeys-lru' on a cache
   */
  eviction: optional(eviction, by.eviction),

  /**
   * Connections that Redis accepts.
   * @default 10000
   */
  maxClients: optional(whole(1), 10_000), // Redis' own

  /**
   * Timing of the probes; what they look at is fixed.
   * @default - every 10 s
   */
  probes: optional<Probes, ProbeDefaults>(probes, PROBES_OF_REDIS),

  /**
   * Where its pods run, those of sentinels too. The tenant's `pods` are about the app alone.
   * @default {}
   * @see docs/pods.md
   */
  pods: optional<ServerPods>(serverPods, {}),
});

interface BrokerServer extends RedisServer, PropsOf<typeof brokerServer> {}

const brokerServer = {
  ...redisServer({ cpu: requestLimit('100m', '500m'), eviction: 'noeviction' }),

  /**
   * Size of the claim `redis-data`; at least four times the limit of `memory`. While Redis rewrites its append-only file,
   * the old one, the new one and a snapshot lie there together.
   * @default '2Gi', and more where `memory` needs it: the next power of two
   */
  storage: optional(memory, '2Gi'), // an AOF before its rewrite is several times the data

  /**
   * Storage class of the claim.
   * @default - the environment's
   */
  storageClass: optional(objectName),

  /**
   * Number of databases.
   * @default 16
   */
  databases: optional(whole(1), 16), // Redis' own

  /**
   * Begins every key, where an app must have a prefix even on a Redis of its own.
   * @default '' (none)
   */
  prefix: optional(keyPrefixOrNone, ''),

  /**
   * Database index of the broker.
   * @default 0
   */
  database: optional(whole(0), 0),

  /**
   * The app keeps other things on the broker as well: a cache, channels, locks, rate limits.
   *
   * Its users may then run all commands, less those that would delete every task (FLUSHDB) or stop Redis.
   * @default - true for the dialect `paperless`, and where an `env` asks for `broker.url` or `broker.password`
   * @see docs/clients.md
   */
  alsoCache: optional(flag),

  /**
   * Backups, encrypted, in a bucket or on a claim; `false` where the environment's defaults say some and this broker has
   * none.
   * @default false
   * @see docs/backup.md
   */
  backup: optional<Backup | false>(backupOrNone, false),

  /**
   * Version of the scripts in its pods, so that it restarts on another day than the pods that use it.
   * @default - the tenant's; for a shared broker the environment's
   * @see docs/runtime.md
   */
  runtime: optional(runtime),

  /**
   * Encrypts every connection and verifies both sides, on port 6380 alone and 26380 of sentinels: a client shows a
   * certificate, and its user and password as ever. Redis takes a renewed certificate without a restart; sentinels start
   * again for it, one after the other. A cache stays plain.
   * @default - plain TCP inside the cluster
   */
  tls: optional(tls),
};

/** One Redis pod with a volume: down for some seconds when its node drains, nothing lost. */
export interface Standalone extends BrokerServer, PropsOf<typeof standalone> {}

export const standalone = props({
  topology: required(only('standalone', topology)),
  ...brokerServer,
});

/** A fixed primary and read replicas for the app's own reads; Celery talks to the primary only. */
export interface Replicated extends BrokerServer, PropsOf<typeof replicated> {}

export const replicated = props({
  topology: required(only('replicated', topology)),
  ...brokerServer,

  /** Read replicas beside the primary. */
  replicas: required(whole(1)),
});

/**
 * Redis with sentinels, which make a replica the primary within seconds when the primary is lost. Celery asks them where
 * it is; clients that know one address only have none. What no replica had yet is lost with a primary that dies.
 */
export interface Sentinel extends BrokerServer, PropsOf<typeof sentinel> {}

export const sentinel = props({
  topology: required(only('sentinel', topology)),
  ...brokerServer,

  /** Replicas beside the primary. */
  replicas: required(whole(1)),

  /**
   * Sentinels; an odd number, more than half of which have to agree.
   * @default 3
   */
  sentinels: optional(whole(3), 3),
});

/** A broker: it carries messages, so it never evicts. `cluster` is refused, with the nearest thing that works. */
export type Redis = Standalone | Replicated | Sentinel | External | RedisCluster;

/** A Redis as asked for, with more props than its own; an unknown topology is told as such. */
export const redisWith = (
  more: ReturnType<typeof movingLines>,
): Form<(Exclude<Redis, RedisCluster> & Moving) | RedisCluster> =>
  redisRecord(
    named(
      'topology',
      {
        standalone: props({ ...standalone.lines, ...more }),
        replicated: props({ ...replicated.lines, ...more }),
        sentinel: props({ ...sentinel.lines, ...more }),
        external: props({ ...external.lines, ...more }),
        cluster: redisCluster,
      },
      prop('topology', topology),
    ),
  );

export const redis: Form<Redis> = redisRecord(
  named(
    'topology',
    { standalone, replicated, sentinel, external, cluster: redisCluster },
    prop('topology', topology),
  ),
);

/** One that an app leaves: somebody else's has its keys as the app named them. */
export const redisAsItWas: Form<Exclude<Redis, External> | (External & AsItWas)> = redisRecord(
  named(
    'topology',
    {
      standalone,
      replicated,
      sentinel,
      external: props({ ...external.lines, ...asItWas }),
      cluster: redisCluster,
    },
    prop('topology', topology),
  ),
);

/** A Redis that may forget. */
export interface Cache extends RedisServer, PropsOf<typeof cache> {}

export const cache = props({
  ...redisServer({ cpu: requestLimit('50m', '500m'), eviction: 'allkeys-lru' }),

  /**
   * Keeps its data over restarts, on a volume: rate limits and sessions want it.
   * @default false
   */
  persistence: optional(flag, false),

  /**
   * Size of its claim, at least four times the limit of `memory`; only with `persistence`.
   * @default '1Gi', and more where `memory` needs it: the next power of two
   */
  storage: optional(memory, '1Gi'),
});

/** One that Stalk runs, or one that somebody else does. */
export const cacheOf: Form<Cache | ExternalCache> = formBy(
  (value) => (has('topology')(value) ? externalCache : cache)(value),
  { kind: 'apart', mark: 'topology', marked: externalCache, other: cache },
  { kind: 'either', forms: [externalCache, cache] },
);
