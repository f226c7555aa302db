import type { Environment } from '../../lib';

/** The label `app` is on the operator's pods whichever way KEDA was installed. */
export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  peers: {
    keda: {
      namespace: { 'kubernetes.io/metadata.name': 'keda' },
      pods: { app: 'keda-operator' },
    },
  },
};
