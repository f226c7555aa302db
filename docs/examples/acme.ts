import type { Tenant } from '../../lib';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
};
