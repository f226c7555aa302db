import type { Environment } from '../../../lib';

/** With a Prometheus that reads files: no objects of the Prometheus Operator. */
export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  peers: {
    prometheus: {
      namespace: { 'kubernetes.io/metadata.name': 'monitoring' },
      pods: { 'app.kubernetes.io/name': 'prometheus' },
    },
  },
  monitoring: { kind: 'annotations', namespace: 'monitoring' },
};
