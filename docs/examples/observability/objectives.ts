import type { Tenant } from '../../../lib';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery', 'emails', 'nightly'] } },
  objectives: {
    wait: '2m', // somebody looks at a page and waits
    queues: {
      emails: { depth: 5000, wait: '10m' },
      nightly: { depth: 20_000, wait: '6h' },
    },
    succeed: 99.5,
  },
};
