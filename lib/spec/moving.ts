// The broker that a tenant leaves, for as long as work is left there.

import type { BrokerUse } from './broker-use';
import { optional } from './props';
import type { RedisCluster } from './external';
import type { Contract, PropsOf } from './props';
import type { Redis } from './redis';
import type { ResolvedTenant } from './resolved';
import type { Form } from './rules/kind';

/** Of a tenant that moves to another broker. */
export interface Moving extends Contract, PropsOf<ReturnType<typeof movingLines>> {}

/** `side`: the form of a broker without this prop, as nothing moves from two at once. */
export const movingLines = (side: Form<BrokerUse | Redis>) => ({
  /**
   * The broker that the tenant leaves, written as it was: `{ shared: 'main' }`, or a Redis of its own with its topology and
   * all that stood there, or `{ topology: 'external', … }` for one that the app uses today without Stalk.
   *
   * All programs use the new broker at once. For each worker pool a Deployment `worker-<pool>-draining` goes on with what
   * the old one has, until it is empty. Then remove this prop: the users on the old broker go with it. To go back, write
   * the two the other way round.
   * @default - none: the tenant does not move
   * @see docs/move.md
   */
  movingFrom: optional<BrokerUse | Redis>(side),
});

/** A tenant's broker as its author writes it: where it is, and from where it comes. */
export type TenantBroker = ((BrokerUse | Exclude<Redis, RedisCluster>) & Moving) | RedisCluster;

/** Where a tenant has something to do: its broker, and the one that it leaves. */
export const tenantSides = (tenant: ResolvedTenant): readonly ResolvedTenant[] =>
  tenant.moving === undefined ? [tenant] : [tenant, tenant.moving];
