// What the rest of the platform knows of a broker: where it is, how it is spoken to, who may reach it.

import type { k8s } from 'cdk8s-plus-27';
import { namespaceLabel, selector } from '../kube';
import type { ResolvedBroker, ResolvedEnvironment, ResolvedTenant } from '../spec';
import { cidr, local, peer } from '../traits/network';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Pods or addresses behind it, as a client's policy names them. */
  readonly peers: readonly k8s.NetworkPolicyPeer[];
  /** Its address from any namespace: what KEDA is given. */
  readonly scalerAddress: string;
}

export const REDIS_PORT = 6379;

const CACHE = selector({ component: 'cache', instance: 'cache' });

/** `redis://redis:6379/0`: without credentials, which a client reads from its own mounted file. */
export const url = ({ host, port }: Endpoint, database: number): string =>
  `redis://${host}:${port}/${database}`;

export interface Login {
  readonly user: string;
  /** Variable of the pod that holds the password: the kubelet fills it in from a Secret. */
  readonly variable: string;
  readonly database: number;
}

/** For clients that take all they need from the URL. */
export const urlWithPassword = ({ host, port }: Endpoint, login: Login, options: string): string =>
  `redis://${login.user}:$(${login.variable})@${host}:${port}/${login.database}${options}`;

/** Connection options as redis-py reads them in a URL; none where the author asked for nothing. */
export function urlOptions({ max, connectTimeout, timeout }: ResolvedTenant['connections']): string {
  if (max === undefined && timeout === undefined) return '';
  const options = {
    ...(max !== undefined && { max_connections: max }),
    socket_connect_timeout: connectTimeout,
    ...(timeout !== undefined && { socket_timeout: timeout }),
  };
  return `?${Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`;
}

/** Where a tenant's broker is, seen from the tenant's pods. */
export function brokerEndpoint({
  broker,
  environment,
}: Pick<ResolvedTenant, 'broker' | 'environment'>): Endpoint {
  const { redis } = broker;
  if (redis.topology === 'external') {
    const { host, port, cidrs } = redis;
    return { host, port, peers: cidrs.map((range) => cidr(range)), scalerAddress: `${host}:${port}` };
  }
  return {
    host: hostOf(broker, environment),
    port: REDIS_PORT,
    peers: [serverPeer(broker)],
    scalerAddress: `${fullName(broker, environment)}:${REDIS_PORT}`,
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

function serverPeer({ kind, namespace }: ResolvedBroker): k8s.NetworkPolicyPeer {
  const pods = { 'app.kubernetes.io/component': 'redis' };
  return kind === 'dedicated' ? local(pods) : peer({ namespace: namespaceLabel(namespace), pods });
}

/** A tenant's cache lives in its own namespace. */
export const CACHE_ENDPOINT: Endpoint = {
  host: 'cache',
  port: REDIS_PORT,
  peers: [local(CACHE)],
  scalerAddress: `cache:${REDIS_PORT}`,
};
