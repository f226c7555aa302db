import type { Tenant } from '../../lib';

/** Every pod of the app comes to AWS as one role (IRSA). STS is reached over the internet. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  pods: {
    serviceAccount: {
      annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/acme' },
    },
  },
  egress: [{ to: 'internet', ports: [443] }],
};
