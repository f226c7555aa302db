/** What is watched: three brokers of one Redis, one with sentinels, a tenant on each. */
import { join } from 'node:path';
import type { Environment, Tenant } from '../../../lib';
import { type Synth, leafManifests, leafOf, lookup, platformOf } from '../../support/synth';
import { place } from '../place';

export type BrokerName = 'main' | 'down' | 'full' | 'guarded';

const environment: Environment = {
  ...place,
  brokers: {
    main: { topology: 'standalone' },
    down: { topology: 'standalone' },
    full: { topology: 'standalone' },
    guarded: { topology: 'sentinel', replicas: 2 },
  },
  peers: { prometheus: { namespace: { name: 'monitoring' }, pods: { app: 'prometheus' } } },
  monitoring: { kind: 'annotations', namespace: 'monitoring' },
};

const tenant = (name: string, broker: BrokerName, more: Partial<Tenant> = {}): Tenant => ({
  name,
  app: { dialect: 'celery', image: 'jobs:1', module: 'watched', pythonPath: [join(__dirname, 'app')] },
  broker: { shared: broker, isolation: 'queue' },
  longestDelay: '1s',
  workers: { default: { queues: ['celery'], concurrency: 2, timeLimit: '60s' } },
  web: { command: ['python3'], port: 8000 },
  ...more,
});

/** Of a tenant without pods, which sends. */
const NONE: NonNullable<Tenant['workers']> = {
  default: { queues: ['celery'], scaling: { min: 0, max: 1, queueLength: 5 } },
};

const TENANTS: readonly Tenant[] = [
  tenant('acme', 'main', {
    workers: {
      default: { queues: ['celery'], concurrency: 2, timeLimit: '10s' },
      reports: { queues: ['reports'], scaling: { min: 0, max: 1, queueLength: 5 }, timeLimit: '10s' },
    },
    beat: { maxInterval: '5s' },
    objectives: { depth: 20, wait: '3s', queues: { celery: { depth: 1000, wait: '10s' } } },
  }),
  tenant('beta', 'down'),
  tenant('gamma', 'full', { workers: NONE }),
  tenant('delta', 'guarded', { workers: NONE }),
];

const tree = platformOf(
  {
    ...environment,
    peers: { ...environment.peers, keda: { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } } },
  },
  TENANTS,
);

export const leaf = (folder: string): Synth => lookup(leafManifests(leafOf(tree, folder)));
