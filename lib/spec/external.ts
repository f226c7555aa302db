// A Redis that Stalk does not run, and one that it cannot use.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { cidr } from './rules/form-egress';
import { host } from './rules/form-host';
import { keyPrefixOrNone, redisUser } from './rules/form-names';
import { foreignTlsOr, noCluster, topology } from './rules/form-redis';
import { port, whole } from './rules/kinds';
import { list, only } from './rules/shapes';
import { tlsSecret } from './tls';
import type { TlsSecret } from './tls';

/** A Redis that somebody else runs; Stalk renders no server, no users and no `maxmemory` for it. */
export interface External extends Contract, PropsOf<typeof external> {}

export const external = props({
  topology: required(only('external', topology)),

  /** Host name or address. */
  host: required(host),

  /**
   * TCP port.
   * @default 6379
   */
  port: optional(port, 6379),

  /** Addresses of the host, for the network policies. */
  cidrs: required(list(cidr, { least: 1 })),

  /** Redis user; the password is in the Secret `redis-credentials`, under this name. */
  username: required(redisUser),

  /**
   * Connections that it accepts from this tenant.
   * @default 10000
   */
  maxClients: optional(whole(1), 10_000),

  /**
   * Number of databases.
   * @default 16
   */
  databases: optional(whole(1), 16),

  /**
   * Begins every key.
   * @default '' (none)
   */
  prefix: optional(keyPrefixOrNone, ''),

  /**
   * Database index of the broker.
   * @default 0
   */
  database: optional(whole(0), 0),

  /**
   * Encrypts every connection and verifies the server by `ca.crt` of this Secret, in the namespace of each tenant that
   * uses it. No client certificate is shown. `port` stays as written: many managed services listen elsewhere for TLS.
   * @default - plain TCP
   */
  tls: optional(foreignTlsOr<TlsSecret>(tlsSecret)),
});

/** Not a broker: Celery's Redis transport cannot follow slots. Typed so that asking for it gets an answer. */
export interface RedisCluster extends Contract, PropsOf<typeof redisCluster> {}

export const redisCluster = props({ topology: required(noCluster) });
