import type { Tenant } from '../../lib';

/** Queue `tenant-001`, kept in Redis as `tenant:001:tenant-001`. */
export const tenant: Tenant = {
  name: '001',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  broker: { shared: 'main', isolation: 'hybrid' },
  workers: { default: { queues: ['celery'] } },
};
