import type { Tenant } from '../../lib';

/** Every object and every pod of the tenant says who pays for it. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  broker: { topology: 'standalone', pods: { labels: { 'example.com/cost-centre': 'c-42' } } },
  workers: { default: { queues: ['celery'] } },
  labels: { 'example.com/cost-centre': 'c-42' },
  annotations: { 'example.com/owner': 'team blue' },
  pods: { labels: { 'example.com/cost-centre': 'c-42' } },
};
