import type { Tenant } from '../../lib';

/** The label makes Azure's webhook give the pods their token. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  pods: {
    labels: { 'azure.workload.identity/use': 'true' },
    serviceAccount: {
      annotations: { 'azure.workload.identity/client-id': '00000000-0000-0000-0000-000000000000' },
    },
  },
  egress: [{ to: 'internet', ports: [443] }],
};
