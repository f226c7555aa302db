// A Service in front of pods that speak HTTP.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';

export interface HttpServiceProps {
  readonly name: string;
  readonly labels: Labels;
  readonly pods: Labels;
  readonly port: number;
}

export const httpService = (
  scope: Construct,
  { name, labels, pods, port }: HttpServiceProps,
): k8s.KubeService =>
  new k8s.KubeService(scope, `service-${name}`, {
    metadata: { name, labels },
    spec: {
      type: 'ClusterIP',
      selector: pods,
      ports: [{ name: 'http', port, targetPort: k8s.IntOrString.fromString('http'), protocol: 'TCP' }],
    },
  });
