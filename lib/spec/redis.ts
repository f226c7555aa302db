// Redis as a person asks for it: a place on a shared broker, a broker of one's own, a cache.

import type { Cpu, Memory, Range } from './units';
import type { Probes } from './compute';
import type { Runtime } from './runtimes';

/** A place on one of the environment's shared brokers. */
export interface BrokerUse {
  /** Name of the shared broker. */
  readonly shared: string;

  /**
   * What keeps this tenant's keys apart: queue names, a key prefix, or both.
   *
   * `queue` names the default queue `tenant-<name>` and the others `tenant-<name>.<queue>`; `prefix` begins every key
   * with the prefix; `hybrid` does both. Whatever is chosen, the tenant's Redis user reaches nothing else.
   * @default 'hybrid'
   */
  readonly isolation?: 'queue' | 'prefix' | 'hybrid';

  /**
   * What every key begins with; lower case, digits, `.`, `-`, `:`, and a `:` at the end.
   * @default - 'tenant:<name>:'
   */
  readonly prefix?: string;

  /**
   * Database index.
   * @default 0
   */
  readonly database?: number;

  /**
   * Tenants of one app that trust each other and may share a worker pool (`serves`): they share one pair of Redis users
   * and one prefix. Only with `queue` isolation.
   * @default - none
   */
  readonly group?: string;

  /**
   * The app keeps other things on the broker as well, under its prefix (Django's cache, channels).
   * @default false, but true for the dialect `paperless`
   */
  readonly alsoCache?: boolean;
}

/** A broker: it carries messages, so it never evicts. `cluster` is refused, with the nearest thing that works. */
export type Redis = Standalone | Replicated | Sentinel | External | RedisCluster;

export interface RedisServer {
  /**
   * CPU; Redis runs commands on one core.
   * @default { request: '100m', limit: '500m' }; a cache { request: '50m', limit: '500m' }
   */
  readonly cpu?: Range<Cpu>;

  /**
   * Memory of the container; `maxmemory` is 70 % of the limit, the rest is for copy-on-write and buffers.
   * @default { request: '128Mi', limit: '256Mi' }
   */
  readonly memory?: Range<Memory>;

  /**
   * Image; it needs `sh`, `redis-server` and `redis-cli`.
   * @default 'redis:7.2.11-alpine'
   */
  readonly image?: string;

  /**
   * What to do at `maxmemory`; anything but `noeviction` is refused on a broker, where it deletes accepted tasks.
   * @default 'noeviction' on a broker, 'allkeys-lru' on a cache
   */
  readonly eviction?:
    'noeviction' | 'allkeys-lru' | 'allkeys-lfu' | 'volatile-lru' | 'volatile-ttl' | 'allkeys-random';

  /**
   * Connections that Redis accepts.
   * @default 10000
   */
  readonly maxClients?: number;

  /**
   * Timing of the probes; what they look at is fixed.
   * @default - every 10 s
   */
  readonly probes?: Probes;
}

interface BrokerServer extends RedisServer {
  /**
   * Size of the claim `redis-data`.
   * @default '2Gi'
   */
  readonly storage?: Memory;

  /**
   * Storage class of the claim.
   * @default - the environment's
   */
  readonly storageClass?: string;

  /**
   * Number of databases.
   * @default 16
   */
  readonly databases?: number;

  /**
   * Begins every key, where an app must have a prefix even on a Redis of its own.
   * @default '' (none)
   */
  readonly prefix?: string;

  /**
   * Database index of the broker.
   * @default 0
   */
  readonly database?: number;

  /**
   * The app keeps other things on the broker as well (Django's cache, channels).
   * @default false, but true for the dialect `paperless`
   */
  readonly alsoCache?: boolean;

  /**
   * Version of the scripts in its pods, so that it restarts on another day than the pods that use it.
   * @default - the tenant's; for a shared broker the environment's
   * @see docs/runtime.md
   */
  readonly runtime?: Runtime;

  /**
   * Encrypts every connection and verifies both sides, on port 6380 alone: a client shows a certificate, and its user and
   * password as ever. A renewed certificate is taken without a restart. A cache stays plain.
   * @default - plain TCP inside the cluster
   */
  readonly tls?: Tls;
}

/** One Redis pod with a volume: down for some seconds when its node drains, nothing lost. */
export interface Standalone extends BrokerServer {
  readonly topology: 'standalone';
}

/** A fixed primary and read replicas for the app's own reads; Celery talks to the primary only. */
export interface Replicated extends BrokerServer {
  readonly topology: 'replicated';

  /** Read replicas beside the primary. */
  readonly replicas: number;
}

/**
 * Redis with sentinels, which make a replica the primary within seconds when the primary is lost. Celery asks them where
 * it is; clients that know one address only have none. What no replica had yet is lost with a primary that dies.
 */
export interface Sentinel extends BrokerServer {
  readonly topology: 'sentinel';

  /** Replicas beside the primary. */
  readonly replicas: number;

  /**
   * Sentinels; an odd number, more than half of which have to agree.
   * @default 3
   */
  readonly sentinels?: number;
}

/** Where a Redis is that somebody else runs, and who logs in to it. Stalk renders no server for it. */
interface ExternalServer {
  readonly topology: 'external';

  /** Host name or address, without port, user or `redis://`. */
  readonly host: string;

  /**
   * TCP port.
   * @default 6379
   */
  readonly port?: number;

  /**
   * Addresses of the host, for the network policies, which know no names: all that a failover may lead to, such as the
   * subnets of a managed service.
   */
  readonly cidrs: readonly [string, ...string[]];

  /**
   * One user for everybody, where the service has AUTH alone: `default`, unless it says another name. Its password opens
   * every key to every tenant; names and prefixes then keep tenants from mistakes, and nothing keeps them from malice.
   * @default - ACL users, as on a Redis that Stalk runs; `stalk acl` prints the lines that make them
   * @see docs/external-redis.md
   */
  readonly username?: string;

  /**
   * Connections that it accepts from the tenants of this list: a service counts all of its clients.
   * @default 10000
   */
  readonly maxClients?: number;

  /**
   * Encrypts every connection and verifies the server. `true` by the public authorities that the image holds, `secret` by
   * `ca.crt` of a Secret in the namespace of each tenant that uses it. No client certificate is shown. `port` stays as
   * written: many services listen elsewhere for TLS.
   * @default - plain TCP
   */
  readonly tls?: true | TlsSecret;
}

/**
 * A broker that somebody else runs. Stalk cannot set its `maxmemory-policy`, which has to be `noeviction`: `stalk verify`
 * looks.
 * @see docs/external-redis.md
 */
export interface External extends ExternalServer {
  /**
   * Number of databases.
   * @default 16
   */
  readonly databases?: number;

  /**
   * Begins every key. Tenants on one server need prefixes, none of which begins another.
   * @default '' (none)
   */
  readonly prefix?: string;

  /**
   * Database index of the broker.
   * @default 0
   */
  readonly database?: number;

  /**
   * The app keeps other things on the broker as well (Django's cache, channels).
   * @default false, but true for the dialect `paperless`
   */
  readonly alsoCache?: boolean;
}

/**
 * A cache that somebody else runs, for this tenant alone: its keys have no prefix. Whatever it does at `maxmemory` is set
 * there. Its user is the tenant's name, and the password is in the Secret `cache-credentials` under the user's name.
 * @see docs/external-redis.md
 */
export interface ExternalCache extends ExternalServer {
  /**
   * Database index; one that nobody else uses.
   * @default 0
   */
  readonly database?: number;
}

/** Not a broker: Celery's Redis transport cannot follow slots. Typed so that asking for it gets an answer. */
export interface RedisCluster {
  readonly topology: 'cluster';
}

/** Where certificates come from. */
export type Tls = TlsSecret | TlsIssuer;

/**
 * You put them there: a Secret of one name in the broker's namespace and in that of each tenant that uses it, with keys
 * `tls.crt`, `tls.key` and `ca.crt`. In a tenant's namespace the certificate is that of a client; Redis' own has to hold
 * the names that clients use.
 */
export interface TlsSecret {
  readonly secret: string;
}

/**
 * cert-manager makes and renews them: `redis-tls` for Redis, `redis-client-tls` for each tenant that uses it.
 *
 * Name of a ClusterIssuer, as they lie in several namespaces; of a kind that writes `ca.crt` (CA, Vault), so not ACME.
 * Whoever it signs for may connect: Redis still asks for user and password.
 */
export interface TlsIssuer {
  readonly issuer: string;
}

/** A Redis that may forget, which Stalk runs. */
export interface Cache extends RedisServer {
  /**
   * Keeps its data over restarts, on a volume: rate limits and sessions want it.
   * @default false
   */
  readonly persistence?: boolean;

  /**
   * Size of its claim; only with `persistence`.
   * @default '1Gi'
   */
  readonly storage?: Memory;
}
