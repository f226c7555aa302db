// What an environment has once, outside every namespace.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, kubeObject } from '../kube';
import { BROKER_PRIORITY } from '../redis';

export class PlatformChart extends Chart {
  constructor(scope: Construct) {
    super(scope, 'platform', { disableResourceNameHashes: true });
    kubeObject(this, BROKER_PRIORITY, k8s.KubePriorityClass, {
      metadata: {
        name: BROKER_PRIORITY,
        labels: labels({ component: 'platform', instance: 'platform', owner: 'stalk' }),
      },
      value: 1_000_000, // above everything without a class; far below the system's own
      description: 'Redis that carries messages: workers go before it does',
    });
  }
}
