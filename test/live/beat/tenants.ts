/** A tenant for each scheduler, with one entry that is due in an hour. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

export const SCHEDULERS = ['file', 'database', 'redbeat'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

/** The shortest that the contract takes. */
export const SLEEP = 5;

const image = { image: 'jobs:1', pythonPath: [join(__dirname, 'code')] } as const;

const tenant = (scheduler: Scheduler, folder: string): Tenant => ({
  name: scheduler,
  app:
    scheduler === 'database'
      ? { ...image, dialect: 'django', module: 'desk', djangoSettings: 'desk.settings' }
      : { ...image, dialect: 'celery', module: 'quiet' },
  workers: { default: { queues: ['celery', 'hourly', 'added'] } },
  beat: {
    scheduler,
    maxInterval: `${SLEEP}s`,
    schedule: { hourly: { task: 'quiet.noted', every: '1h', queue: 'hourly' } },
  },
  web: { command: ['python3', '-m', 'adds', scheduler], port: 8000, health: { path: '/', host: '*' } },
  env: { DATABASE: join(folder, 'desk.sqlite3') },
});

export interface Rendered {
  readonly tenant: (scheduler: Scheduler) => Synth;
  readonly broker: Synth;
}

export function renderedBeats(folder: string): Rendered {
  const leaf = leavesOf(
    withBroker,
    SCHEDULERS.map((scheduler) => tenant(scheduler, folder)),
  );
  return { tenant: (scheduler) => leaf(`tenants/${scheduler}`), broker: leaf('brokers/main') };
}
