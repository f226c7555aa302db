// What an environment has once: a class of priority, and what it is watched with.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, kubeObject } from '../kube';
import { MonitoringObjects, monitoringOf } from '../observe/monitoring';
import { BROKER_PRIORITY } from '../redis';
import type { ResolvedEnvironment } from '../spec';

export class PlatformChart extends Chart {
  constructor(scope: Construct, environment: ResolvedEnvironment) {
    super(scope, 'platform', { disableResourceNameHashes: true });
    kubeObject(this, BROKER_PRIORITY, k8s.KubePriorityClass, {
      metadata: {
        name: BROKER_PRIORITY,
        labels: labels({ component: 'platform', instance: 'platform', owner: 'stalk' }),
      },
      value: 1_000_000, // above everything without a class; far below the system's own
      description: 'Redis that carries messages: workers go before it does',
    });
    const watched = monitoringOf(environment);
    if (watched) new MonitoringObjects(this, 'monitoring', watched);
  }
}
