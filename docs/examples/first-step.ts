import type { Tenant } from '../../lib';

export const legacy: Tenant = {
  name: 'legacy',
  app: { dialect: 'celery', image: 'legacy/app:3.9.2', module: 'legacy' },
  broker: { topology: 'standalone' },
  workers: { default: { queues: ['celery'], longestTask: '3h' } },
  delivery: 'at-most-once',
  results: { serializer: 'pickle' },
};
