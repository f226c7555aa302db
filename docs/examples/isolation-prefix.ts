import type { Tenant } from '../../lib';

/** Queue `celery`, kept in Redis as `tenant:001:celery`. */
export const tenant: Tenant = {
  name: '001',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  broker: { shared: 'main', isolation: 'prefix' },
  workers: { default: { queues: ['celery'] } },
};
