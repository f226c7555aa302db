// Rules across the tenants of one environment. Each takes one walk over them, or one sort.

import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import type { Finding } from './finding';

/** A tenant whose form is right, as typed (with its overlay on) and as resolved. */
export interface SoundTenant {
  readonly asked: Tenant;
  readonly tenant: ResolvedTenant;
}

/** All tenants of one environment. */
export interface Everybody {
  readonly known: readonly SoundTenant[];
  /** Names of all, of those too whose form is wrong. */
  readonly names: ReadonlySet<string>;
}

/** A finding about one tenant among the others. */
export interface CrossFinding extends Finding {
  readonly tenant: string;
}

export type CrossRule = (everybody: Everybody) => readonly CrossFinding[];

export const onShared = ({ known }: Everybody): readonly ResolvedTenant[] =>
  known.map(({ tenant }) => tenant).filter(({ broker }) => broker.kind === 'shared');

/** On brokers that Stalk runs, each of which is a server; `cross-external.ts` is about the others. */
export const onOurs = (everybody: Everybody): readonly ResolvedTenant[] =>
  onShared(everybody).filter(({ broker }) => broker.redis.topology !== 'external');

/** Items by key, in the order in which they came. */
export function byKey<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Whom its Redis users and its prefix belong to: a group, or the tenant alone. */
export const ownerOf = ({ name, broker }: ResolvedTenant): string =>
  broker.group === undefined ? `tenant "${name}"` : `group "${broker.group}"`;
