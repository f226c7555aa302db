// What clients know of a Redis: where it is, how it is spoken to, who answers there.

import type { ResolvedBroker, ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../../spec';
import { SENTINEL_PORT, sentinelHosts } from './nodes';
import { clientSecret } from './tls';
import type { ClientTls } from './tls';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly servers: readonly Servers[];
  /** Its address from any namespace, or those of its sentinels: what KEDA is given. */
  readonly scalerAddress: string;
  /** Absent, nothing is encrypted. */
  readonly tls?: ClientTls;
  /** Those who say which pod is the primary: where there are some, nothing leads to it but they. */
  readonly sentinels?: Sentinels;
}

export interface Sentinels {
  readonly hosts: readonly string[];
  readonly port: number;
  readonly servers: readonly Servers[];
}

/** Who answers there: addresses of somebody else's, or servers that Stalk runs. */
export type Servers =
  | { readonly cidr: string }
  | {
      readonly component: 'redis' | 'sentinel' | 'cache';
      /** Of a single one of these. */
      readonly name?: string;
      /** Absent, the client's own. */
      readonly namespace?: string;
    };

/** Redis' own, and the one that its documentation gives TLS. */
const PLAIN_PORT = 6379;
const TLS_PORT = 6380;

/** The only port that a Redis of ours listens on. */
export const redisPort = ({ tls }: ResolvedServer): number => (tls === undefined ? PLAIN_PORT : TLS_PORT);

/** An IPv6 address is in brackets, or its end would be a port. */
export const hostAndPort = ({ host, port }: Pick<Endpoint, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Where a tenant's broker is, seen from the tenant's pods. */
export function brokerEndpoint({
  broker,
  environment,
}: Pick<ResolvedTenant, 'broker' | 'environment'>): Endpoint {
  const { redis } = broker;
  if (redis.topology === 'external') {
    const { host, port, cidrs, tls } = redis;
    const servers = cidrs.map((cidr) => ({ cidr }));
    const client = tls && { tls: { secret: tls.secret, mode: 'server' as const } };
    return { host, port, servers, scalerAddress: hostAndPort(redis), ...client };
  }
  const port = redisPort(redis);
  const servers = [serversOf(broker, 'redis')];
  if (redis.topology === 'sentinel') return behindSentinels(broker, redis, environment, servers);
  return {
    host: hostOf(broker, environment),
    port,
    servers,
    scalerAddress: `${fullName(broker, environment)}:${port}`,
    ...(redis.tls && { tls: { secret: clientSecret(redis.tls), mode: 'mutual' } }),
  };
}

function behindSentinels(
  broker: ResolvedBroker,
  redis: ResolvedServer,
  { clusterDomain }: ResolvedEnvironment,
  servers: readonly Servers[],
): Endpoint {
  const { namespace } = broker;
  const hosts = sentinelHosts({ redis, namespace, clusterDomain });
  return {
    host: `sentinel.${namespace}.svc.${clusterDomain}`,
    port: redisPort(redis),
    servers,
    scalerAddress: hosts.map((host) => `${host}:${SENTINEL_PORT}`).join(','),
    sentinels: { hosts, port: SENTINEL_PORT, servers: [serversOf(broker, 'sentinel')] },
  };
}

/**
 * A Service's short name within its namespace: one DNS query instead of five. The primary of `replicated` is named by
 * its pod, as a Service in front of read-only replicas answers writes with errors.
 */
function hostOf(broker: ResolvedBroker, environment: ResolvedEnvironment): string {
  const near = broker.kind === 'dedicated' && broker.redis.topology === 'standalone';
  return near ? 'redis' : fullName(broker, environment);
}

function fullName({ namespace, redis }: ResolvedBroker, { clusterDomain }: ResolvedEnvironment): string {
  const name = redis.topology === 'replicated' ? 'redis-0.redis-headless' : 'redis';
  return `${name}.${namespace}.svc.${clusterDomain}`;
}

const serversOf = ({ kind, namespace }: ResolvedBroker, component: 'redis' | 'sentinel'): Servers =>
  kind === 'dedicated' ? { component } : { component, namespace };

/** A tenant's cache lives in its own namespace, and speaks plain TCP: its contract has no certificates. */
export const CACHE_ENDPOINT: Endpoint = {
  host: 'cache',
  port: PLAIN_PORT,
  servers: [{ component: 'cache', name: 'cache' }],
  scalerAddress: `cache:${PLAIN_PORT}`,
};
