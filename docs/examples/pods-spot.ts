import type { Environment } from '../../lib';

/** Apps run on spot nodes where there are some, and brokers on nodes of their own. */
export const production: Environment = {
  name: 'production',
  storageClass: 'fast',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  defaults: {
    pods: {
      tolerations: [{ key: 'example.com/spot', effect: 'NoSchedule' }],
      nodeAffinity: { preferred: { 'example.com/spot': ['true'] } },
    },
    redis: {
      pods: {
        nodeSelector: { 'example.com/pool': 'redis' },
        tolerations: [{ key: 'example.com/pool', value: 'redis' }],
      },
    },
  },
};
