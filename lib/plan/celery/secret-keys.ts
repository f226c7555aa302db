// Keys that a tenant's programs name of Secrets of somebody else.

import type { ResolvedTenant } from '../../spec';
import { partsOf, readersOf } from '../../spec/parts';
import { flowerVariables } from './flower-login';

/** Keys that variables and files name, by Secret. */
export function secretKeys(tenant: ResolvedTenant): ReadonlyMap<string, ReadonlySet<string>> {
  const { flower } = tenant;
  const before = [tenant, ...partsOf(tenant).map(([, part]) => part)].flatMap((part) => part.initContainers);
  const found = new Map<string, Set<string>>();
  for (const value of [
    ...readersOf(tenant).flatMap(({ env, files }) => [...Object.values(env), ...Object.values(files)]),
    ...before.flatMap(({ env }) => Object.values(env)),
    ...Object.values(flower ? flowerVariables(flower.auth) : {}),
  ]) {
    if (typeof value === 'string' || !('secret' in value) || value.key === undefined) continue;
    const keys = found.get(value.secret);
    if (keys) keys.add(value.key);
    else found.set(value.secret, new Set([value.key]));
  }
  return found;
}
