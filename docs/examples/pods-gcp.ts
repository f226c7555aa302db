import type { Tenant } from '../../lib';

/** Pods ask the metadata server of their node, which an egress names: it lies in no public range. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  pods: {
    serviceAccount: {
      annotations: { 'iam.gke.io/gcp-service-account': 'acme@project.iam.gserviceaccount.com' },
    },
  },
  egress: [
    { to: 'internet', ports: [443] },
    { to: { cidr: '169.254.169.252/32' }, ports: [988] },
  ],
};
