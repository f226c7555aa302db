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
   * The app keeps other things on the broker as well, under its prefix (Django's cache, channels).
   * @default false, but true for the dialect `paperless`
   */
  alsoCache: optional(flag),
});
