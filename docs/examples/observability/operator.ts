import type { Environment } from '../../../lib';

/** With kube-prometheus-stack, installed as `prometheus` into the namespace `monitoring`. */
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
  monitoring: { kind: 'operator', namespace: 'monitoring', labels: { release: 'prometheus' } },
};
