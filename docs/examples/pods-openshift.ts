import type { Environment, Tenant } from '../../lib';

/** OpenShift chooses user and group of every pod by its namespace. */
export const openshift: Environment = {
  name: 'openshift',
  storageClass: 'fast',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  assignedUsers: true,
};

/** Elsewhere the image runs as its own user. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks', user: 1000 },
  workers: { default: { queues: ['celery'] } },
  overlays: { openshift: { app: { user: 'assigned' } } },
};
