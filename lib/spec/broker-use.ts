// A place on a shared broker.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { keyPrefix } from './rules/form-names';
import { flag, label, oneOf, whole } from './rules/kinds';

/** A place on one of the environment's shared brokers. */
export interface BrokerUse extends Contract, PropsOf<typeof brokerUse> {}

export const brokerUse = props({
  /** Name of the shared broker. */
  shared: required(label),

  /**
   * What keeps this tenant's keys apart: queue names, a key prefix, or both.
   *
   * `queue` names the default queue `tenant-<name>` and the others `tenant-<name>.<queue>`; `prefix` begins every key
   * with the prefix; `hybrid` does both. Whatever is chosen, the tenant's Redis user reaches nothing else.
   * @default 'hybrid'
   */
  isolation: optional(oneOf('queue', 'prefix', 'hybrid'), 'hybrid'),

  /**
   * What every key begins with; letters, digits, `_`, `.`, `-`, `:`, and a `:` at the end.
   * @default - 'tenant:<name>:'
   */
  prefix: optional(keyPrefix),

  /**
   * Database index.
   * @default 0
   */
  database: optional(whole(0), 0),

  /**
   * Tenants of one app that trust each other and may share a worker pool (`serves`): they share one pair of Redis users
   * and one prefix. Only with `queue` isolation.
   * @default - none
   */
  group: optional(label),

  /**
   * The app keeps other things on the broker as well: a cache, channels, locks, rate limits.
   *
   * Its users may then run all commands on data of their own, and its other clients begin each key and channel with
   * `{ from: 'broker.prefix' }`. What shows or deletes keys of other tenants stays refused.
   * @default - true for the dialect `paperless`, and where an `env` asks for `broker.url` or `broker.password`
   * @see docs/clients.md
   */
  alsoCache: optional(flag),
});
