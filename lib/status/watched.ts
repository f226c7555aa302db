// What is looked at, from the list alone: tenants, their brokers, and the keys and pods of each. Nothing is rendered.

import type { Platform } from '..';
import { brokerName, isRunByStalk } from '../plan/redis/broker';
import { consumedQueues, keyspaceOf } from '../plan/redis/keyspace';
import type { ResolvedEnvironment, ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';

export interface Watched {
  readonly environment: ResolvedEnvironment;
  readonly tenants: readonly ResolvedTenant[];
  readonly brokers: readonly WatchedBroker[];
}

export interface WatchedBroker {
  readonly name: string;
  readonly kind: 'shared' | 'dedicated' | 'external';
  /** Of its pods; the tenant's where somebody else runs it, who lets no pod of it be asked. */
  readonly namespace: string;
  readonly redis: ResolvedTenant['broker']['redis'];
  /** Those that are looked at; of a tenant that moves, the side that is here. */
  readonly tenants: readonly ResolvedTenant[];
}

export function watchedIn({ environment }: Platform, tenants: readonly ResolvedTenant[]): Watched {
  const brokers = new Map<string, WatchedBroker>();
  for (const tenant of tenants.flatMap(tenantSides)) {
    const { kind, name, redis, namespace } = tenant.broker;
    const id = kind === 'shared' ? `shared ${name}` : `of ${nameOfOwn(tenant)}`;
    const before = brokers.get(id)?.tenants ?? [];
    brokers.set(id, {
      name: kind === 'shared' ? name : nameOfOwn(tenant),
      kind: isRunByStalk(redis) ? kind : 'external',
      ...{ namespace, redis },
      tenants: [...before, tenant],
    });
  }
  return { environment, tenants, brokers: [...brokers.values()] };
}

/** It may come from one of its own to another. */
const nameOfOwn = (tenant: ResolvedTenant): string =>
  tenant.broker.isLeft === true ? `${brokerName(tenant)} (old)` : brokerName(tenant);

export interface QueueKeys {
  readonly queue: string;
  readonly lists: readonly string[];
}

/** Its pools' queues, each once; a pool of its group may work for a tenant that has none. */
export const queueKeysOf = (tenant: ResolvedTenant): readonly QueueKeys[] => {
  const { listsOf } = keyspaceOf(tenant);
  return consumedQueues(tenant).map((queue) => ({ queue, lists: listsOf(queue).map(({ key }) => key) }));
};

/** Of what workers have in hand, when they took it, and what they have given up. */
export function handKeysOf(tenant: ResolvedTenant): readonly string[] {
  const { unacked, letters } = keyspaceOf(tenant);
  return [unacked.key, unacked.index, letters];
}
