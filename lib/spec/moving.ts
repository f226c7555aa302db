// The broker that a tenant leaves, for as long as work is left there.

import type { BrokerUse } from './broker-use';
import { priorities } from './messages';
import type { Priorities } from './messages';
import { optional, props } from './props';
import type { External, RedisCluster } from './external';
import type { Contract, PropsOf } from './props';
import type { Redis } from './redis';
import type { ResolvedTenant } from './resolved';
import { keyPrefixOrNone } from './rules/form-names';
import type { Form } from './rules/kind';
import { whole } from './rules/kinds';

/** Of a tenant that moves to another broker. */
export interface Moving extends Contract, PropsOf<ReturnType<typeof movingLines>> {}

/** Results of the app on the broker that it leaves. */
export interface OldResults extends Contract, PropsOf<typeof oldResults> {}

const oldResults = props({
  /**
   * Redis database of the results there: the last part of the app's `result_backend`.
   * @default - as `results.database` of the tenant, and that of the broker without it
   */
  database: optional(whole(0)),

  /**
   * Begins the keys of results there: `global_keyprefix` of the app's `result_backend_transport_options`. Only where one
   * user reads every key.
   * @default - the broker's
   */
  prefix: optional(keyPrefixOrNone),
});

/** What an app may have otherwise on somebody else's Redis that it leaves: it named its keys there itself. */
export interface AsItWas extends Contract, PropsOf<typeof asItWas> {}

export const asItWas = {
  /**
   * Where its results are there.
   * @default - where those of the tenant are
   */
  results: optional<OldResults>(oldResults),

  /**
   * Steps and separator of the app's `broker_transport_options` there. Messages keep their priority, and lie in the steps
   * of the new broker then.
   * @default - those of the tenant
   */
  priorities: optional<Priorities>(priorities),

  /**
   * Begins RedBeat's keys there: `redbeat_key_prefix` of the app. Only where one user reads every key.
   * @default - the broker's prefix, and 'redbeat:' behind it
   */
  redbeatPrefix: optional(keyPrefixOrNone),
};

/** What a tenant may leave. */
export type OldBroker = BrokerUse | Exclude<Redis, External> | (External & AsItWas);

/** `side`: the form of a broker without this prop, as nothing moves from two at once. */
export const movingLines = (side: Form<OldBroker>) => ({
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
  movingFrom: optional<OldBroker>(side),
});

/** A tenant's broker as its author writes it: where it is, and from where it comes. */
export type TenantBroker = ((BrokerUse | Exclude<Redis, RedisCluster>) & Moving) | RedisCluster;

/** Where a tenant has something to do: its broker, and the one that it leaves. */
export const tenantSides = (tenant: ResolvedTenant): readonly ResolvedTenant[] =>
  tenant.moving === undefined ? [tenant] : [tenant, tenant.moving];
