// What the exporter of queues reads of each tenant: where its messages lie, and what is expected of them.

import { consumedQueues, keyspaceOf } from '../../plan/redis/keyspace';
import type { ResolvedPool, ResolvedTenant } from '../../spec';
import { objectiveOf } from '../../spec/resolve-monitoring';

/** Text of each tenant's file by its name; those of one broker, all of them. */
export function expectations(tenants: readonly ResolvedTenant[]): ReadonlyMap<string, string> {
  const holders = holdersOf(tenants);
  return new Map(
    [...queuesOf(tenants)].map(([tenant, queues]) => [
      `${tenant.name}.json`,
      JSON.stringify(expected(tenant, [...queues].sort(), holders.has(tenant))),
    ]),
  );
}

function expected(tenant: ResolvedTenant, queues: readonly string[], isHolder: boolean) {
  const { broker, objectives, workers, beat, visibilityTimeout } = tenant;
  const { prefix, unacked, letters, listsOf } = keyspaceOf(tenant);
  return {
    database: broker.database,
    prefix,
    // what follows the name of a queue in those of its lists
    lists: listsOf('').map(({ key }) => key.slice(prefix.length)),
    queues: Object.fromEntries(
      queues.map((queue) => {
        const { depth, wait } = objectiveOf(tenant, queue);
        return [queue, [depth, wait]];
      }),
    ),
    ...(isHolder && { unacked: unacked.key, letters }),
    visibility: visibilityTimeout,
    beat: beat !== undefined && broker.isLeft !== true, // it is where the tenant is
    pools: Object.fromEntries(workers.map((pool) => [pool.name, leastPods(pool)])),
    objectives: { succeed: objectives.succeed, 'start-in-time': objectives.startInTime },
  };
}

const leastPods = ({ scaling, replicas }: ResolvedPool): number =>
  scaling === undefined ? replicas : scaling.min;

/** A pool that serves several tenants consumes the queues of each: they are theirs, and not its own. */
function queuesOf(tenants: readonly ResolvedTenant[]): ReadonlyMap<ResolvedTenant, ReadonlySet<string>> {
  const found = new Map<ResolvedTenant, Set<string>>(tenants.map((tenant) => [tenant, new Set()]));
  for (const tenant of tenants)
    for (const queue of consumedQueues(tenant)) found.get(ownerOf(queue, tenant, tenants))?.add(queue);
  return found;
}

function ownerOf(
  queue: string,
  consumer: ResolvedTenant,
  tenants: readonly ResolvedTenant[],
): ResolvedTenant {
  const { group } = consumer.broker;
  if (group === undefined) return consumer;
  const owner = tenants.find(
    ({ broker }) =>
      broker.group === group &&
      broker.queueBase !== undefined &&
      `${queue}.`.startsWith(`${broker.queueBase}.`),
  );
  return owner === undefined ? consumer : owner;
}

/** Tenants of a group hold their messages under one key: the first of those that work says what lies there. */
function holdersOf(tenants: readonly ResolvedTenant[]): ReadonlySet<ResolvedTenant> {
  const byKey = new Map<string, ResolvedTenant>();
  for (const tenant of tenants.filter(({ workers }) => workers.length > 0)) {
    const place = `${tenant.broker.database} ${keyspaceOf(tenant).unacked.key}`;
    if (!byKey.has(place)) byKey.set(place, tenant);
  }
  return new Set(byKey.values());
}
