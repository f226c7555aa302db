import type { Environment } from '../../../lib';

/** Load balancers stand in two subnets, hold the certificates, and send to the addresses of pods. */
export const production: Environment = {
  name: 'production',
  storageClass: 'gp3',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
  exposure: {
    kind: 'ingress',
    class: 'alb',
    tls: true,
    annotations: {
      'alb.ingress.kubernetes.io/scheme': 'internet-facing',
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/group.name': 'public',
    },
  },
  peers: { ingress: { cidrs: ['10.20.0.0/24', '10.20.1.0/24'] } },
};
