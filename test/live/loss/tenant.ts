/** One tenant with short limits, so that what a killed worker held comes back while a test waits. */
import { join } from 'node:path';
import type { Environment, Tenant } from '../../../lib';
import { type Synth, broker, synth } from '../../support/synth';
import { place } from '../place';

/** What a story wants different from the rest. */
export interface Wanted {
  readonly tenant?: Partial<Tenant>;
  /** Of the broker's Redis. */
  readonly memory?: '46Mi';
}

const environmentOf = ({ memory }: Wanted): Environment => ({
  ...place,
  brokers: {
    main: { topology: 'standalone', ...(memory && { memory: { request: memory, limit: memory } }) },
  },
});

/** Everything else is as rendered by default: the visibility timeout becomes 1 + 4 + 34 = 39 s. */
const tenant = ({ tenant: own }: Wanted): Tenant => ({
  name: 'acme',
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'app')] },
  workers: { default: { queues: ['celery'], timeLimit: { hard: '4s', soft: '3s' } } },
  longestDelay: '1s',
  web: { command: ['python3', '-m', 'sends'], port: 8000 },
  ...own,
});

export interface Rendered {
  readonly tenant: Synth;
  readonly broker: Synth;
}

export function rendered(wanted: Wanted): Rendered {
  const environment = environmentOf(wanted);
  const acme = tenant(wanted);
  return { tenant: synth(acme, environment), broker: broker('main', environment, [acme]) };
}

/** The settings that Celery gets. */
export const settingsOf = ({ tenant: objects }: Rendered): Readonly<Record<string, never>> =>
  JSON.parse(objects.byKind('ConfigMap', 'celery-settings').data['settings.json']);
