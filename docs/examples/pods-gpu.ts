import type { Tenant } from '../../lib';

/** One pool has a GPU in each pod, and the nodes that have them. */
export const tenant: Tenant = {
  name: 'acme',
  app: {
    dialect: 'celery',
    image: 'acme/jobs:2.4.1',
    module: 'acme.tasks',
    writable: [{ path: '/var/cache/models', size: '20Gi' }],
  },
  workers: {
    default: { queues: ['celery'] },
    gpu: {
      queues: ['inference'],
      concurrency: 1,
      memory: '8Gi',
      devices: { 'nvidia.com/gpu': 1 },
      pods: {
        nodeSelector: { 'nvidia.com/gpu.present': 'true' },
        tolerations: [{ key: 'nvidia.com/gpu' }],
        sharedMemory: '2Gi',
      },
    },
  },
};
