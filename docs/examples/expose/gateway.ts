import type { Environment } from '../../../lib';

export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  exposure: {
    kind: 'gateway',
    gateway: { name: 'public', namespace: 'gateways', section: 'https' },
    tls: true,
  },
  peers: {
    ingress: {
      namespace: { 'kubernetes.io/metadata.name': 'gateways' },
      pods: { 'gateway.networking.k8s.io/gateway-name': 'public' },
    },
  },
};
