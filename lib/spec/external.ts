// A Redis that Stalk does not run, and one that it cannot use.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { cidr } from './rules/form-egress';
import { host } from './rules/form-host';
import { keyPrefixOrNone, redisUser } from './rules/form-names';
import { foreignTlsOr, noCluster, topology } from './rules/form-redis';
import { hinted, passing } from './rules/kind';
import { flag, port, whole } from './rules/kinds';
import { list, only, when } from './rules/shapes';
import { tlsSecret } from './tls';
import type { TlsSecret } from './tls';

const publicTls = passing<true>(
  (value) => value === true,
  { wanted: 'be true or { secret }', fix: 'write true' },
  { const: true },
);

const ofSecret = hinted(tlsSecret, (value) =>
  value === 'true' || value === false || value === 'false'
    ? 'write true where a public authority signed its certificate, or remove it for plain TCP'
    : undefined,
);

/** Where a Redis is that somebody else runs, and who logs in to it. Stalk renders no server for it. */
const externalServer = {
  /** Host name or address, without port, user or `redis://`. */
  host: required(host),

  /**
   * TCP port.
   * @default 6379
   */
  port: optional(port, 6379),

  /**
   * Addresses of the host, for the network policies, which know no names: all that a failover may lead to, such as the
   * subnets of a managed service.
   */
  cidrs: required(list(cidr, { least: 1 })),

  /**
   * One user for everybody, where the service has AUTH alone: `default`, unless it says another name. Its password opens
   * every key to every tenant; names and prefixes then keep tenants from mistakes, and nothing keeps them from malice.
   * @default - ACL users, as on a Redis that Stalk runs; `stalk acl` prints the lines that make them
   * @see docs/external-redis.md
   */
  username: optional(redisUser),

  /**
   * Connections that it accepts from the tenants of this list: a service counts all of its clients.
   * @default 10000
   */
  maxClients: optional(whole(1), 10_000),

  /**
   * Encrypts every connection and verifies the server. `true` by the public authorities that the image holds, `secret` by
   * `ca.crt` of a Secret in the namespace of each tenant that uses it. No client certificate is shown. `port` stays as
   * written: many services listen elsewhere for TLS.
   * @default - plain TCP
   */
  tls: optional(foreignTlsOr<true | TlsSecret>(when((value) => value === true, publicTls, ofSecret))),
};

/**
 * A broker that somebody else runs. Stalk cannot set its `maxmemory-policy`, which has to be `noeviction`: `stalk verify`
 * looks.
 * @see docs/external-redis.md
 */
export interface External extends Contract, PropsOf<typeof external> {}

export const external = props({
  topology: required(only('external', topology)),
  ...externalServer,

  /**
   * Number of databases.
   * @default 16
   */
  databases: optional(whole(1), 16),

  /**
   * Begins every key. Tenants on one server need prefixes, none of which begins another.
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
   * @default - true for the dialect `paperless`, and where an `env` asks for `broker.url` or `broker.password`
   * @see docs/clients.md
   */
  alsoCache: optional(flag),
});

/**
 * A cache that somebody else runs, for this tenant alone: its keys have no prefix. Whatever it does at `maxmemory` is set
 * there. Its user is the tenant's name, and the password is in the Secret `cache-credentials` under the user's name.
 * @see docs/external-redis.md
 */
export interface ExternalCache extends Contract, PropsOf<typeof externalCache> {}

export const externalCache = props({
  topology: required(
    passing<'external'>(
      (value) => value === 'external',
      { wanted: 'be "external", or left out', fix: 'remove it: a cache that Stalk runs is one pod' },
      { const: 'external' },
    ),
  ),
  ...externalServer,

  /**
   * Database index; one that nobody else uses.
   * @default 0
   */
  database: optional(whole(0), 0),
});

/** Not a broker: Celery's Redis transport cannot follow slots. Typed so that asking for it gets an answer. */
export interface RedisCluster extends Contract, PropsOf<typeof redisCluster> {}

export const redisCluster = props({ topology: required(noCluster) });
