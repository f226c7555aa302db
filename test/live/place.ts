/** Where the tenants of the live tests are: a throwaway environment, with one shared broker or none. */
import type { Environment, Tenant } from '../../lib';
import { type Synth, leafManifests, leafOf, lookup, platformOf } from '../support/synth';

export const place = {
  name: 'live',
  disposable: true,
  storageClass: 'standard',
  secrets: { strategy: 'literal' },
} as const satisfies Environment;

export const withBroker = {
  ...place,
  brokers: { main: { topology: 'standalone' } },
} as const satisfies Environment;

/** Renders tenants together. @returns what gives the objects of a folder, `tenants/acme` or `brokers/main` */
export function leavesOf(environment: Environment, tenants: readonly Tenant[]): (folder: string) => Synth {
  const platform = platformOf(environment, tenants);
  return (folder) => lookup(leafManifests(leafOf(platform, folder)));
}
