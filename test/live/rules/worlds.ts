// Redis servers with every kind of user that there is.

import type { Tenant } from '../../../lib/spec';
import { environments } from '../../reference/environments';
import { type Synth, broker, plain, synth, tenantOf } from '../../support/synth';

/** Each isolation. */
const isolations: readonly Tenant[] = [
  tenantOf({ name: 'hybrid', broker: { shared: 'main' } }),
  tenantOf({ name: 'prefixed', broker: { shared: 'main', isolation: 'prefix', prefix: 'p:' } }),
  tenantOf({ name: 'queued', broker: { shared: 'main', isolation: 'queue' } }),
];

const group = { shared: 'main', isolation: 'queue', group: 'crew' } as const;

/** What a tenant may add, and a group whose members add different things. */
const additions: readonly Tenant[] = [
  tenantOf({ name: 'tenant-queue', broker: { shared: 'main', isolation: 'queue' } }),
  tenantOf({ name: 'caching', broker: { shared: 'main', alsoCache: true } }),
  tenantOf({ name: 'beating', broker: { shared: 'main' }, beat: { scheduler: 'redbeat' } }),
  tenantOf({ name: 'more', broker: { shared: 'main', alsoCache: true }, beat: { scheduler: 'redbeat' } }),
  tenantOf({ name: 'member-a', broker: group, beat: { scheduler: 'redbeat' } }),
  tenantOf({ name: 'member-b', broker: { ...group, alsoCache: true } }),
];

const watched = {
  ...plain,
  brokers: { main: { topology: 'sentinel', replicas: 2 } },
} as const;

/** With a Redis, and a cache, of their own. */
const dedicated: readonly Tenant[] = [
  tenantOf({ name: 'alone', broker: { topology: 'standalone' }, cache: {} }),
  tenantOf({
    name: 'copied',
    broker: { topology: 'replicated', replicas: 1, prefix: 'own:', alsoCache: true },
    beat: { scheduler: 'redbeat' },
  }),
  tenantOf({ name: 'elected', broker: { topology: 'sentinel', replicas: 2 } }),
];

export const worlds: Readonly<Record<string, () => Synth>> = {
  ...Object.fromEntries(environments.map(({ name }) => [`reference ${name}`, () => broker('shared', name)])),
  'a shared broker': () => broker('main', plain, [...isolations, ...additions]),
  'a shared broker with sentinels': () => broker('main', watched, isolations),
  ...Object.fromEntries(dedicated.map((tenant) => [tenant.name, () => synth(tenant)])),
};
