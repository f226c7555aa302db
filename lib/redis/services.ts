// Services in front of Redis pods.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';

const ports = (port: number): k8s.ServicePort[] => [
  { name: 'redis', port, targetPort: k8s.IntOrString.fromString('redis'), protocol: 'TCP' },
];

export interface ServiceProps {
  readonly name: string;
  readonly labels: Labels;
  readonly pods: Labels;
  readonly port: number;
}

export const service = (scope: Construct, { name, labels, pods, port }: ServiceProps): k8s.KubeService =>
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: { name, labels },
    spec: { type: 'ClusterIP', selector: pods, ports: ports(port) },
  });

/** Gives each pod a name, also before it is ready: a replica asks for its primary while that one loads. */
export const headless = (scope: Construct, { name, labels, pods, port }: ServiceProps): k8s.KubeService =>
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: pods,
      ports: ports(port),
    },
  });
