import type { Tenant } from '../../lib';

export const reports: Tenant = {
  name: 'reports',
  app: { dialect: 'celery', image: 'reports/app:1.4.0', module: 'reports' },
  broker: { topology: 'standalone' },
  workers: {
    default: { queues: ['celery'], args: ['-Ofair', '--max-memory-per-child=200000'] },
  },
  events: true,
};
