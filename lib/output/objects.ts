// The objects of one tenant, for a team's own tests.

import { platforms } from '../platform';
import type { PlatformProps } from '../platform';
import { nearest } from '../spec/nearest';
import type { Manifest } from './manifest';
import { manifestsOf } from './manifests';

/**
 * Renders one tenant in one environment, patches applied, in the order in which its objects are applied.
 * Throws where the list breaks a rule, or names no such environment or tenant.
 */
export function objectsOf(list: PlatformProps, environment: string, tenant: string): readonly Manifest[] {
  const all = platforms(list);
  const platform = named('environment', environment, all, (one) => one.environment.name);
  const tenants = platform.leaves.filter(({ kind }) => kind === 'tenant');
  return manifestsOf(named('tenant', tenant, tenants, ({ name }) => name)).map(({ manifest }) => manifest);
}

function named<T>(what: string, name: string, all: readonly T[], nameOf: (one: T) => string): T {
  const found = all.find((one) => nameOf(one) === name);
  if (found !== undefined) return found;
  const names = all.map(nameOf);
  const near = nearest(name, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean "${near}"`;
  throw new Error(`${what} must be in the list, got "${name}"; ${hint}`);
}
