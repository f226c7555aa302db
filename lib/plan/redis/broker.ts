// Brokers and caches as they are planned: where a tenant finds its broker, and what runs for a Redis.

import type { Memory, ResolvedBroker, ResolvedServer, ResolvedTenant } from '../../spec';
import { CACHE_ENDPOINT } from './endpoint';
import type { Endpoint } from './endpoint';
import type { RedisPlan } from './server';
import { CACHE_TLS_DIR } from './tls';
import { topologyOf } from './topologies';
import { onePod } from './topologies/standalone';
import type { Site } from './topologies/topology';

/** Seen from the tenant's processes. */
export function brokerEndpoint({
  broker: { kind, redis, namespace },
  environment: { clusterDomain },
}: Pick<ResolvedTenant, 'broker' | 'environment'>): Endpoint {
  return topologyOf(redis).endpoint({ redis, namespace, clusterDomain }, kind === 'dedicated');
}

/** Of a tenant's cache, in its namespace or where somebody else runs it; absent where it has none. */
export function cacheEndpoint({
  cache,
  namespace,
  environment: { clusterDomain },
}: ResolvedTenant): Endpoint | undefined {
  if (cache === undefined) return undefined;
  const { redis } = cache;
  if (redis.topology !== 'external') return CACHE_ENDPOINT;
  return {
    ...topologyOf(redis).endpoint({ redis, namespace, clusterDomain }, false),
    tlsFolder: CACHE_TLS_DIR,
  };
}

/** Whether Stalk runs it, and not somebody else. */
export const isRunByStalk = (redis: ResolvedBroker['redis']): redis is ResolvedServer =>
  topologyOf(redis).servers !== undefined;

/** As people and series name a tenant's broker: a shared one by its own name, another one by its tenant's. */
export const brokerName = ({ name, broker }: Pick<ResolvedTenant, 'name' | 'broker'>): string =>
  broker.kind === 'shared' ? broker.name : name;

/** Whether a tenant uses a broker that Stalk runs in another namespace. */
export const isGuest = ({ broker }: Pick<ResolvedTenant, 'broker'>): boolean =>
  broker.kind === 'shared' && isRunByStalk(broker.redis);

export function brokerPlan(site: Site<ResolvedServer>): RedisPlan {
  const { servers } = topologyOf(site.redis);
  if (servers === undefined) throw new Error(`a Redis of topology ${site.redis.topology} is not Stalk's`);
  return servers(site);
}

/** A tenant's own broker; absent where it is shared, or somebody else runs it. */
export function dedicatedPlan({ broker, environment }: ResolvedTenant): RedisPlan | undefined {
  const { kind, redis, namespace } = broker;
  if (kind === 'shared' || !isRunByStalk(redis)) return undefined;
  return brokerPlan({ redis, namespace, clusterDomain: environment.clusterDomain });
}

export const cachePlan = (redis: ResolvedServer): RedisPlan => onePod(redis, 'cache');

/** Sizes of all claims of its servers. */
export const claimsOfRedis = ({ servers }: RedisPlan): Memory[] =>
  servers.flatMap(({ data, replicas }) =>
    data && 'claim' in data ? Array.from({ length: replicas }, () => data.claim) : [],
  );
