// Services in front of Redis pods.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';
import { REDIS_PORT } from './broker';

const PORT: k8s.ServicePort = {
  name: 'redis',
  port: REDIS_PORT,
  targetPort: k8s.IntOrString.fromString('redis'),
  protocol: 'TCP',
};

export interface ServiceProps {
  readonly name: string;
  readonly labels: Labels;
  readonly pods: Labels;
}

export const service = (scope: Construct, { name, labels, pods }: ServiceProps): k8s.KubeService =>
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: { name, labels },
    spec: { type: 'ClusterIP', selector: pods, ports: [PORT] },
  });

/** Gives each pod a name, also before it is ready: a replica asks for its primary while that one loads. */
export const headless = (scope: Construct, { name, labels, pods }: ServiceProps): k8s.KubeService =>
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      clusterIp: 'None',
      publishNotReadyAddresses: true,
      selector: pods,
      ports: [PORT],
    },
  });
