import type { Tenant } from '../../lib';

const app = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' } as const;

/** Queues `tenant-001` and `tenant-001.reports`; keys have no prefix. */
export const first: Tenant = {
  name: '001',
  app,
  broker: { shared: 'main', isolation: 'queue' },
  workers: { default: { queues: ['celery'] }, reports: { queues: ['reports'] } },
};

/** Queue `tenant-002`: the same code, a pool of its own. */
export const second: Tenant = {
  name: '002',
  app,
  broker: { shared: 'main', isolation: 'queue' },
  workers: { default: { queues: ['celery'] } },
};
