/** A tenant with a pool of each type, and one whose beat has nothing to send. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

export const POOLS = ['prefork', 'threads', 'gevent', 'solo'] as const;
export type PoolType = (typeof POOLS)[number];

/** Slots of each pool but solo, which has one. */
export const SLOTS = 2;

/** The first pool takes the default queue, which some pool of a tenant must. */
export const queueOf = (type: PoolType): string => (type === 'prefork' ? 'celery' : type);

const pool = (type: PoolType): NonNullable<Tenant['workers']> => ({
  [type]: { queues: [queueOf(type)], pool: type, ...(type !== 'solo' && { concurrency: SLOTS }) },
});

const tenant = (name: string, rest: Partial<Tenant>): Tenant => ({
  name,
  connections: { timeout: '5s' }, // what it says is waited for here
  app: { dialect: 'celery', image: 'busy:1', module: 'busy', pythonPath: [join(__dirname, 'app')] },
  ...rest,
});

const tenants: readonly Tenant[] = [
  tenant('busy', {
    workers: { ...pool('prefork'), ...pool('threads'), ...pool('gevent'), ...pool('solo') },
    beat: {
      maxInterval: '5s',
      schedule: { often: { task: 'stalk.probe', every: '2s', queue: 'celery' } },
    },
  }),
  tenant('calm', { workers: { default: { queues: ['celery'] } }, beat: { maxInterval: '5s' } }),
];

export interface Rendered {
  readonly busy: Synth;
  readonly calm: Synth;
  readonly broker: Synth;
}

export function rendered(): Rendered {
  const leaf = leavesOf(withBroker, tenants);
  return { busy: leaf('tenants/busy'), calm: leaf('tenants/calm'), broker: leaf('brokers/main') };
}
