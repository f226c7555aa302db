// A broker or cache as asked for, with its sizes, names and users worked out.

import { brokerNamespace } from '../kube';
import { defaults as stalk } from './defaults';
import { requestAndLimit, resources } from './compute-range';
import type { AskedSizes } from './compute-range';
import type { Defaults } from './defaults';
import type { Environment } from './environment';
import { defaultPrefix, queueBase, queuesUserOf, usersOf } from './isolation';
import type { Users } from './isolation';
import { filled } from './layers';
import type { BrokerUse } from './broker-use';
import type { RedisCluster, External, ExternalCache } from './external';
import type { AsItWas } from './moving';
import { hasOtherClients } from './other-clients';
import type { ServerPods } from './pods';
import type { Cache, Redis } from './redis';
import { resolveBackup } from './resolve-backup';
import { resolveServerPods } from './resolve-pods';
import type {
  ResolvedBroker,
  ResolvedCache,
  ResolvedEnvironment,
  ResolvedExternal,
  ResolvedServer,
} from './resolved';
import type { Runtime } from './runtimes';
import type { Tenant } from './tenant';
import { bytes } from './units';
import type { Memory } from './units';
import { defaultStorage } from './volume-size';

/** Redis' share of its container; the rest is for copy-on-write while it saves, client buffers, fragmentation. */
const MAXMEMORY_SHARE = 0.7;

/** The broker that a tenant uses when it names none, if there is exactly one. */
export function onlyShared(brokers: Environment['brokers'] = {}): BrokerUse | undefined {
  const [first, ...more] = Object.keys(brokers);
  return first !== undefined && more.length === 0 ? { shared: first } : undefined;
}

export const isShared = (broker: BrokerUse | Redis): broker is BrokerUse => 'shared' in broker;

export function resolveBroker(tenant: Tenant, environment: ResolvedEnvironment): ResolvedBroker {
  const asked = tenant.broker ?? onlyShared(environment.brokers);
  if (asked === undefined) throw new Error(`tenant "${tenant.name}" has no broker`);
  return isShared(asked) ? placeOnShared(tenant, asked, environment) : dedicated(tenant, asked, environment);
}

function placeOnShared(tenant: Tenant, asked: BrokerUse, environment: ResolvedEnvironment): ResolvedBroker {
  const { isolation, database } = filled(environment.defaults.shared, asked);
  const owner = asked.group ?? tenant.name;
  const prefixed = isolation !== 'queue' || asked.group !== undefined;
  return {
    kind: 'shared',
    name: asked.shared,
    namespace: brokerNamespace(asked.shared),
    redis: resolveShared(asked.shared, environment),
    isolation,
    prefix: prefixed ? (asked.prefix ?? defaultPrefix(owner)) : '',
    ...(isolation !== 'prefix' && { queueBase: queueBase(tenant.name) }),
    database,
    ...(asked.group !== undefined && { group: asked.group }),
    users: usersFor(owner, environment.brokers[asked.shared], environment),
    alsoCache: asked.alsoCache ?? hasOtherClients(tenant),
    secret: 'redis-credentials',
  };
}

/** One that somebody else runs may have one user for everybody. */
function usersFor(
  owner: string,
  redis: Redis | undefined,
  { monitoring }: Pick<ResolvedEnvironment, 'monitoring'>,
): Users {
  if (redis?.topology !== 'external') return usersOf(owner);
  const { username } = redis;
  const users =
    username === undefined ? usersOf(owner) : { worker: username, web: username, scaler: username };
  return monitoring ? { ...users, queues: username ?? queuesUserOf(owner) } : users;
}

const SHARED = new WeakMap<ResolvedEnvironment, Map<string, ResolvedBroker['redis']>>();

/** Once for all of its tenants. */
export function resolveShared(name: string, environment: ResolvedEnvironment): ResolvedBroker['redis'] {
  const known = SHARED.get(environment) ?? new Map<string, ResolvedBroker['redis']>();
  SHARED.set(environment, known);
  const found = known.get(name);
  if (found) return found;
  const asked = environment.brokers[name];
  if (asked === undefined) throw new Error(`environment "${environment.name}" has no broker "${name}"`);
  const redis = resolveRedis(asked, environment, { of: sharedOwner(name) });
  known.set(name, redis);
  return redis;
}

function dedicated(tenant: Tenant, asked: Redis, environment: ResolvedEnvironment): ResolvedBroker {
  const redis = resolveRedis(asked, environment, {
    of: `tenants/${tenant.name}`,
    ...(tenant.runtime && { runtime: tenant.runtime }),
  });
  const known = withoutCluster(asked);
  const { defaults } = environment;
  const { prefix, database, alsoCache } = filled(
    known.topology === 'external' ? defaults.external : defaults.redis,
    known,
  );
  return {
    kind: 'dedicated',
    name: 'redis',
    namespace: tenant.name,
    redis,
    isolation: 'none',
    prefix,
    ...keysOf(asked),
    database,
    users: usersFor(tenant.name, asked, environment),
    alsoCache: alsoCache ?? hasOtherClients(tenant),
    secret: asked.topology === 'external' ? 'redis-credentials' : 'redis-users',
  };
}

/** As an app has named them itself, on the Redis that it leaves. */
function keysOf(asked: Redis & AsItWas): Pick<ResolvedBroker, 'keys'> {
  const { results, redbeatPrefix: redbeat } = asked;
  const keys = {
    ...(results?.prefix !== undefined && { results: results.prefix }),
    ...(redbeat !== undefined && { redbeat }),
  };
  return Object.keys(keys).length === 0 ? {} : { keys };
}

/** The rules have refused a cluster before. */
function withoutCluster(asked: Redis): Exclude<Redis, RedisCluster> & { readonly alsoCache?: boolean } {
  if (asked.topology === 'cluster') throw new Error('a cluster is no broker');
  return asked;
}

/** Whose Redis it is. */
interface RedisOwner {
  /** `brokers/main`, `tenants/acme`. */
  readonly of: string;
  /** The environment's unless another one is said. */
  readonly runtime?: Runtime;
}

export const sharedOwner = (name: string): string => `brokers/${name}`;

export function resolveRedis(
  asked: Redis,
  environment: ResolvedEnvironment,
  { of, runtime = environment.runtime }: RedisOwner,
): ResolvedServer | ResolvedExternal {
  const known = withoutCluster(asked);
  if (known.topology === 'external') return resolveExternal(known, environment.defaults);
  const full = filled({ ...environment.defaults.redis, topology: known.topology, runtime }, known);
  const sized = server(full, storageOf(full, known.storage), known.storageClass ?? environment.storageClass);
  const backup = resolveBackup(known.backup, { environment, of, memory: sized.resources.memory.limit });
  return {
    ...sized,
    ...watched(environment),
    topology: known.topology,
    databases: full.databases,
    replicas: known.topology === 'standalone' ? 0 : known.replicas,
    sentinels: known.topology === 'sentinel' ? filled(environment.defaults.sentinel, known).sentinels : 0,
    ...(known.tls && { tls: known.tls }),
    ...(backup && { backup }),
  };
}

/** As asked for; else the default, or more where the memory needs it. */
const storageOf = (
  { memory, storage }: Pick<AskedSizes, 'memory'> & { readonly storage: Memory },
  asked: Memory | undefined,
): Memory => asked ?? defaultStorage(storage, requestAndLimit(memory).limit);

type Sized = AskedSizes &
  Pick<ResolvedServer, 'image' | 'runtime' | 'eviction' | 'maxClients' | 'probes'> & {
    readonly pods: ServerPods;
  };

function server(full: Sized, storage: Memory | undefined, storageClass: string) {
  const sizes = resources(full);
  return {
    image: full.image,
    runtime: full.runtime,
    resources: sizes,
    probes: full.probes,
    pods: resolveServerPods(full.pods),
    maxmemory: Math.floor(bytes(sizes.memory.limit) * MAXMEMORY_SHARE),
    eviction: full.eviction,
    maxClients: full.maxClients,
    ...(storage !== undefined && { storage }),
    storageClass,
  };
}

const watched = ({ monitoring }: ResolvedEnvironment): Pick<ResolvedServer, 'exporter'> =>
  monitoring ? { exporter: monitoring.redisExporter } : {};

function resolveExternal(asked: External | ExternalCache, defaults: Defaults): ResolvedExternal {
  const { host, port, cidrs, maxClients, databases } = filled(
    { ...defaults.external, topology: 'external' },
    asked,
  );
  return {
    topology: 'external',
    host,
    port,
    cidrs,
    maxClients,
    databases,
    ...(asked.username === undefined && { acl: true }),
    ...(asked.tls && { tls: asked.tls }),
  };
}

export function resolveCache(
  tenant: Tenant,
  asked: Cache | ExternalCache,
  environment: ResolvedEnvironment,
): ResolvedCache {
  if ('topology' in asked)
    return {
      redis: resolveExternal(asked, environment.defaults),
      database: filled(environment.defaults.external, asked).database,
      user: asked.username ?? tenant.name,
      secret: 'cache-credentials',
    };
  const runtime = tenant.runtime ?? environment.runtime;
  const full = filled({ ...environment.defaults.cache, runtime }, asked);
  return {
    redis: {
      ...server(
        full,
        full.persistence ? storageOf(full, asked.storage) : undefined,
        environment.storageClass,
      ),
      ...watched(environment),
      topology: 'standalone',
      databases: stalk.redis.databases,
      replicas: 0,
      sentinels: 0,
    },
    database: 0,
    user: tenant.name,
    secret: 'cache-users',
  };
}
