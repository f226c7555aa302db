// A tenant as it runs on a laptop: its Redis beside it, one server without certificates, whatever a cluster has.

import { isRunByStalk } from '../plan/redis/broker';
import type { ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../spec';
import { usersOf } from '../spec/isolation';
import { resolveRedis } from '../spec/resolve-redis';

type AnyRedis = ResolvedTenant['broker']['redis'];

/** Prefix, queues, databases and users stay, so that the tenant's keys are those of the cluster. */
export function onLaptop(tenant: ResolvedTenant): ResolvedTenant {
  const { broker, cache } = tenant;
  const environment = unwatched(tenant.environment);
  return {
    ...withOwnUsers(tenant),
    environment,
    broker: {
      ...withOwnUsers(tenant).broker,
      kind: 'dedicated',
      redis: oneServer(broker.redis, environment),
    },
    ...(cache && { cache: { ...cache, user: tenant.name, redis: cacheServer(cache.redis, environment) } }),
  };
}

/** Nobody scrapes a laptop. */
const unwatched = (environment: ResolvedEnvironment): ResolvedEnvironment =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => name !== 'monitoring'),
  ) as unknown as ResolvedEnvironment;

/** A Redis of somebody else may have one user for everybody, whose name may be one of Redis' own. */
export function withOwnUsers(tenant: ResolvedTenant): ResolvedTenant {
  const { broker, name } = tenant;
  if (isRunByStalk(broker.redis)) return tenant;
  return {
    ...tenant,
    broker: { ...broker, users: usersOf(broker.group === undefined ? name : broker.group) },
  };
}

/** What a Redis has in a cluster alone. */
const OF_CLUSTERS = new Set<string>(['tls', 'exporter', 'backup'] satisfies (keyof ResolvedServer)[]);

function oneServer(redis: AnyRedis, environment: ResolvedEnvironment): ResolvedServer {
  const asked = isRunByStalk(redis) ? redis : { ...usual(environment), databases: redis.databases };
  const plain = Object.fromEntries(
    Object.entries(asked).filter(([name]) => !OF_CLUSTERS.has(name)),
  ) as typeof asked;
  return { ...plain, topology: 'standalone', replicas: 0, sentinels: 0 };
}

const cacheServer = (redis: AnyRedis, environment: ResolvedEnvironment): ResolvedServer =>
  isRunByStalk(redis)
    ? oneServer(redis, environment)
    : { ...oneServer(redis, environment), eviction: environment.defaults.cache.eviction };

function usual(environment: ResolvedEnvironment): ResolvedServer {
  const redis = resolveRedis({ topology: 'standalone' }, environment, { of: 'laptop' });
  if (isRunByStalk(redis)) return redis;
  throw new Error('a standalone Redis is run by Stalk');
}
