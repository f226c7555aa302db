// What the rest of the platform knows of a broker: where it is, how it is spoken to, who may reach it.

import type { k8s } from 'cdk8s-plus-27';
import { namespaceLabel, selector } from '../kube';
import type { ResolvedBroker, ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../spec';
import { cidr, local, peer } from '../traits/network';
import { SENTINEL_PORT, sentinelHosts } from './nodes';
import { clientSecret, tlsOptions } from './tls';
import type { ClientTls } from './tls';

export { PRIMARY } from './nodes';
export { CERTIFICATES, CLIENT_TLS_DIR, tlsOptions, tlsVolume } from './tls';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Pods or addresses behind it, as a client's policy names them. */
  readonly peers: readonly k8s.NetworkPolicyPeer[];
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
  readonly peers: readonly k8s.NetworkPolicyPeer[];
}

/** Redis' own, and the one that its documentation gives TLS. */
const PLAIN_PORT = 6379;
const TLS_PORT = 6380;

/** The only port that a Redis of ours listens on. */
export const redisPort = ({ tls }: ResolvedServer): number => (tls === undefined ? PLAIN_PORT : TLS_PORT);

const CACHE = selector({ component: 'cache', instance: 'cache' });

/**
 * `redis://redis:6379/0`, or all sentinels, parted by `;`: without credentials, which a client reads from its own mounted
 * file.
 */
export const url = (endpoint: Endpoint, database: number): string =>
  endpoint.sentinels ? sentinelUrls(endpoint.sentinels, database) : address(endpoint, '', database, {});

const sentinelUrls = ({ hosts, port }: Sentinels, database: number): string =>
  hosts.map((host) => `sentinel://${host}:${port}/${database}`).join(';');

type Options = Readonly<Record<string, string | number>>;

/** The one place that writes URLs of a Redis: whatever a client is given verifies the server. */
function address(endpoint: Endpoint, login: string, database: number, more: Options): string {
  const { tls } = endpoint;
  const options = { ...(tls && tlsOptions(tls.mode)), ...more };
  const query = Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const scheme = tls ? 'rediss' : 'redis';
  return `${scheme}://${login}${hostAndPort(endpoint)}/${database}${query === '' ? '' : `?${query}`}`;
}

/** An IPv6 address is in brackets, or its end would be a port. */
const hostAndPort = ({ host, port }: Pick<Endpoint, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

export interface Login {
  readonly user: string;
  /** Variable of the pod that holds the password: the kubelet fills it in from a Secret. */
  readonly variable: string;
  readonly database: number;
}

/** For clients that take all they need from the URL. */
export const urlWithPassword = (endpoint: Endpoint, login: Login, options: Options): string =>
  address(endpoint, `${login.user}:$(${login.variable})@`, login.database, options);

/** Connection options as redis-py reads them in a URL; none where the author asked for nothing. */
export function urlOptions({ max, connectTimeout, urlTimeout }: ResolvedTenant['connections']): Options {
  if (max === undefined && urlTimeout === undefined) return {};
  return {
    ...(max !== undefined && { max_connections: max }),
    socket_connect_timeout: connectTimeout,
    ...(urlTimeout !== undefined && { socket_timeout: urlTimeout }),
  };
}

/** Where a tenant's broker is, seen from the tenant's pods. */
export function brokerEndpoint({
  broker,
  environment,
}: Pick<ResolvedTenant, 'broker' | 'environment'>): Endpoint {
  const { redis } = broker;
  if (redis.topology === 'external') {
    const { host, port, cidrs, tls } = redis;
    const peers = cidrs.map((range) => cidr(range));
    const client = tls && { tls: { secret: tls.secret, mode: 'server' as const } };
    return { host, port, peers, scalerAddress: hostAndPort(redis), ...client };
  }
  const port = redisPort(redis);
  const peers = [podsPeer(broker, 'redis')];
  if (redis.topology === 'sentinel') return behindSentinels(broker, redis, environment, peers);
  return {
    host: hostOf(broker, environment),
    port,
    peers,
    scalerAddress: `${fullName(broker, environment)}:${port}`,
    ...(redis.tls && { tls: { secret: clientSecret(redis.tls), mode: 'mutual' } }),
  };
}

function behindSentinels(
  broker: ResolvedBroker,
  redis: ResolvedServer,
  { clusterDomain }: ResolvedEnvironment,
  peers: readonly k8s.NetworkPolicyPeer[],
): Endpoint {
  const { namespace } = broker;
  const hosts = sentinelHosts({ redis, namespace, clusterDomain });
  return {
    host: `sentinel.${namespace}.svc.${clusterDomain}`,
    port: redisPort(redis),
    peers,
    scalerAddress: hosts.map((host) => `${host}:${SENTINEL_PORT}`).join(','),
    sentinels: { hosts, port: SENTINEL_PORT, peers: [podsPeer(broker, 'sentinel')] },
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

function podsPeer(
  { kind, namespace }: ResolvedBroker,
  component: 'redis' | 'sentinel',
): k8s.NetworkPolicyPeer {
  const pods = { 'app.kubernetes.io/component': component };
  return kind === 'dedicated' ? local(pods) : peer({ namespace: namespaceLabel(namespace), pods });
}

/** A tenant's cache lives in its own namespace, and speaks plain TCP: its contract has no certificates. */
export const CACHE_ENDPOINT: Endpoint = {
  host: 'cache',
  port: PLAIN_PORT,
  peers: [local(CACHE)],
  scalerAddress: `cache:${PLAIN_PORT}`,
};
