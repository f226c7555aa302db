import type { Environment, Tenant } from '../../lib';

export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  patches: {
    // every Deployment of every tenant
    'tenants/*': {
      'Deployment/*': [{ op: 'add', path: '/metadata/labels/cost-center', value: 'platform' }],
    },
    // one shared broker
    'brokers/main': {
      'StatefulSet/redis': [{ op: 'add', path: '/spec/template/spec/priorityClassName', value: 'high' }],
    },
  },
};

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  patches: {
    'Deployment/worker-*': [{ op: 'add', path: '/spec/minReadySeconds', value: 10 }],
  },
  overlays: {
    production: {
      patches: {
        'Deployment/worker-default': [
          { op: 'add', path: '/spec/template/metadata/annotations/example.com~1pager', value: 'on' },
        ],
      },
    },
  },
};
