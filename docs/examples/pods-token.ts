import type { Tenant } from '../../lib';

/** Only the web pods may ask the API server, as the ServiceAccount `web`; bind a Role to it. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  web: { command: ['serve'], port: 8000, pods: { serviceAccount: { token: true } } },
  egress: [{ to: { cidr: '10.96.0.1/32' }, ports: [443, 6443] }],
};
