// Sizes that must fit each other: limits over requests, memory over what it is divided into.

import type { Resources } from '../compute';
import { partsOf } from '../parts';
import type { ResolvedPool, ResolvedServer, ResolvedTenant } from '../resolved';
import { bytes, memoryText, millicores } from '../units';
import type { Cpu, Memory } from '../units';
import { holdsData, leastStorage } from '../volume-size';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import type { Tenant } from '../tenant';
import { isRecord } from '../../kube/json';

/** An empty Celery process: 89 MB for two of them, 134 for four, 228 for eight, and the app comes on top. */
const PER_PROCESS = bytes('64Mi');

/** Under this, a few thousand waiting tasks fill a broker. */
export const LEAST_MAXMEMORY = bytes('32Mi');

const value = (resource: keyof Resources, quantity: string): number =>
  resource === 'cpu' ? millicores(quantity as Cpu) : bytes(quantity as Memory);

/** A limit under its request, which Kubernetes refuses. */
export const limitsUnderRequests = (sizes: Resources, path: Path): readonly Finding[] =>
  (['cpu', 'memory', 'disk'] as const).flatMap((resource) => {
    const { request, limit } = sizes[resource];
    return unless(value(resource, limit) >= value(resource, request), () => ({
      path: [...path, resource, 'limit'],
      wanted: `be at least the request of ${show(request)}`,
      got: show(limit),
      fix: 'raise the limit or lower the request',
    }));
  });

/** Everything of a tenant that has sizes, with its path. */
function sized(tenant: ResolvedTenant): readonly (readonly [Path, Resources])[] {
  const { broker, cache } = tenant;
  const own = broker.kind === 'dedicated' && 'resources' in broker.redis ? broker.redis : undefined;
  return [
    ...partsOf(tenant).map(([path, { resources }]) => [path, resources] as const),
    ...(own ? [[['broker'], own.resources] as const] : []),
    ...(cache && 'resources' in cache.redis ? [[['cache'], cache.redis.resources] as const] : []),
  ];
}

/** `memory`, or `memory.limit` where the author parted it. */
function memoryPath(path: Path, asked: Tenant): Path {
  const [top, name] = path;
  const record = asked[top as 'workers' | 'broker' | 'cache'] as
    Readonly<Record<string, unknown>> | undefined;
  const owner =
    name === undefined ? record : (record?.[name] as Readonly<Record<string, unknown>> | undefined);
  return isRecord(owner?.memory) ? [...path, 'memory', 'limit'] : [...path, 'memory'];
}

function enoughMemory(
  { name, pool, concurrency, resources }: ResolvedPool,
  asked: Tenant,
): readonly Finding[] {
  const least = PER_PROCESS * concurrency;
  return unless(pool !== 'prefork' || bytes(resources.memory.limit) >= least, () => ({
    path: memoryPath(['workers', name], asked),
    wanted: `be at least ${show(memoryText(least))} for concurrency ${concurrency}`,
    got: show(resources.memory.limit),
    fix: 'raise memory or lower concurrency',
  }));
}

export const enoughMaxmemory = (maxmemory: number, limit: string, path: Path): readonly Finding[] =>
  unless(maxmemory >= LEAST_MAXMEMORY, () => ({
    path,
    wanted: `leave Redis at least ${show(memoryText(LEAST_MAXMEMORY))}, as it gets 70 % of the limit`,
    got: show(limit),
    fix: 'raise memory to "46Mi" or more',
  }));

/** A full volume stops a Redis that keeps its data: it refuses every write. */
export const enoughStorage = (
  { storage, resources }: Pick<ResolvedServer, 'storage' | 'resources'>,
  path: Path,
): readonly Finding[] => {
  const { limit } = resources.memory;
  return unless(storage === undefined || holdsData(storage, limit), () => ({
    path: [...path, 'storage'],
    wanted: `be at least ${show(leastStorage(limit))}, four times memory: Redis rewrites its append-only file beside the old one`,
    got: show(storage),
    fix: 'raise storage, or remove it, or lower memory',
  }));
};

/** Those of a tenant that Stalk runs for it alone. */
const ownServers = ({ broker, cache }: ResolvedTenant): readonly (readonly [Path, ResolvedServer])[] => [
  ...(broker.kind === 'dedicated' && 'resources' in broker.redis
    ? [[['broker'], broker.redis] as const]
    : []),
  ...(cache && 'resources' in cache.redis ? [[['cache'], cache.redis] as const] : []),
];

export const sizeRules: readonly Rule[] = [
  {
    what: 'a limit is at least its request',
    of: (tenant) => sized(tenant).flatMap(([path, resources]) => limitsUnderRequests(resources, path)),
  },
  {
    what: 'a pool has memory for its processes',
    of: ({ workers }, asked) => workers.flatMap((pool) => enoughMemory(pool, asked)),
  },
  {
    what: 'a Redis has memory to work with',
    of: (tenant, asked) =>
      ownServers(tenant).flatMap(([path, redis]) =>
        enoughMaxmemory(redis.maxmemory, redis.resources.memory.limit, memoryPath(path, asked)),
      ),
  },
  {
    what: 'a volume has room for what the memory of its Redis holds',
    of: (tenant) => ownServers(tenant).flatMap(([path, redis]) => enoughStorage(redis, path)),
  },
];
