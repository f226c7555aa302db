/** A tenant for each place where an app's own clients keep their things. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

export const PLACES = ['a broker of its own', 'a shared broker', 'a cache'] as const;
export type Place = (typeof PLACES)[number];

const tenant = (name: string, more: Partial<Tenant>): Tenant => ({
  name,
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'code')] },
  workers: { default: { queues: ['celery', 'locks'] } },
  web: { command: ['python3', '-m', 'jobs'], port: 8000 },
  ...more,
});

const TENANTS: Readonly<Record<Place, Tenant>> = {
  'a broker of its own': tenant('alone', {
    broker: { topology: 'standalone' },
    env: { CLIENT_URL: { from: 'broker.url' } },
  }),
  'a shared broker': tenant('guest', {
    broker: { shared: 'main' },
    env: { CLIENT_URL: { from: 'broker.url' }, CLIENT_PREFIX: { from: 'broker.prefix' } },
  }),
  'a cache': tenant('cached', {
    broker: { shared: 'main' },
    cache: {},
    env: { CLIENT_URL: { from: 'cache.url' } },
  }),
};

export interface Rendered {
  readonly tenant: (place: Place) => Synth;
  readonly broker: (place: Place) => Synth;
}

export function renderedClients(): Rendered {
  const leaf = leavesOf(withBroker, Object.values(TENANTS));
  const own = (place: Place): Synth => leaf(`tenants/${TENANTS[place].name}`);
  return {
    tenant: own,
    broker: (place) => (place === 'a broker of its own' ? own(place) : leaf('brokers/main')),
  };
}
