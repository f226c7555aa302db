// Services in front of Redis pods.

import { kubeObject } from '../kube';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';
import type { ServerService } from '../plan/redis/server';
import { podLabelsOf } from '../traits/network';

const ports = (port: number): k8s.ServicePort[] => [
  { name: 'redis', port, targetPort: k8s.IntOrString.fromString('redis'), protocol: 'TCP' },
];

export const service = (
  scope: Construct,
  { name, pods, headless, unready, port }: ServerService,
  labels: Labels,
): k8s.KubeService =>
  kubeObject(scope, `service-${name}`, k8s.KubeService, {
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      ...(headless && { clusterIp: 'None' }),
      ...(unready && { publishNotReadyAddresses: true }),
      selector: podLabelsOf(pods),
      ports: ports(port),
    },
  });
