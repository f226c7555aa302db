import type { Tenant } from '../../../lib';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs', module: 'acme.tasks' }, // its version is the environment's
  workers: { default: { queues: ['celery'] } },
};
