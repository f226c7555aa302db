/** Tenants under load that ask for nothing special: one waits for results, the other keeps none. */
import { join } from 'node:path';
import type { Tenant } from '../../../lib';
import type { Synth } from '../../support/synth';
import { leavesOf, withBroker } from '../place';

export type Answers = 'results' | 'callbacks';

const loaded: Readonly<Record<Answers, Partial<Tenant>>> = {
  results: {},
  // Without a prefix the names of queues decide what is allowed, so the queue of the answers has to fit
  callbacks: { broker: { shared: 'main', isolation: 'queue' }, results: { backend: 'none' } },
};

const tenant = (answers: Answers): Tenant => ({
  name: 'acme',
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs', pythonPath: [join(__dirname, 'app')] },
  workers: { default: { queues: ['celery'] } },
  web: { command: ['python3', '-m', 'http.server'], port: 8000 },
  ...loaded[answers],
});

export interface Rendered {
  readonly tenant: Synth;
  readonly broker: Synth;
}

export function rendered(answers: Answers): Rendered {
  const leaf = leavesOf(withBroker, [tenant(answers)]);
  return { tenant: leaf('tenants/acme'), broker: leaf('brokers/main') };
}
