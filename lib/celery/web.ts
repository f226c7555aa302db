// The HTTP side of the app: a Deployment and a Service, under the producer's Redis user.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, selector } from '../kube';
import type { ResolvedTenant, ResolvedWeb } from '../spec';
import { byCpu } from '../traits/autoscaling';
import { apart, budget } from '../traits/availability';
import { serves } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { appPod, identityOf } from './app-pod';
import { httpService } from './http-service';

export interface WebProps {
  readonly tenant: ResolvedTenant;
  readonly web: ResolvedWeb;
}

const NAME = 'web';

/** A new pod before an old one goes. */
const SURGE = 1;

/** Time for every node to learn that the pod takes no more requests. */
const DRAIN = 5;

export class Web extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;

  constructor(scope: Construct, id: string, { tenant, web }: WebProps) {
    super(scope, id);
    const identity = identityOf(tenant, 'web', NAME);
    const own = labels(identity);
    const pods = selector(identity);
    const template = webPod(tenant, web, pods);
    const { scaling } = web;

    this.workload = new k8s.KubeDeployment(this, NAME, {
      metadata: { name: NAME, labels: own },
      spec: {
        ...(scaling === undefined && { replicas: web.replicas }),
        revisionHistoryLimit: 3,
        selector: { matchLabels: pods },
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(SURGE),
            maxUnavailable: k8s.IntOrString.fromNumber(0),
          },
        },
        template,
      },
    });
    httpService(this, { name: NAME, labels: own, pods, port: web.port });
    budget(this, { name: NAME, labels: own, pods });
    if (scaling) byCpu(this, { name: NAME, labels: own }, scaling).node.addDependency(this.workload);
    this.footprint = footprint(template, (scaling ? scaling.max : web.replicas) + SURGE);
  }
}

function webPod(tenant: ResolvedTenant, web: ResolvedWeb, pods: Record<string, string>): k8s.PodTemplateSpec {
  return appPod({
    tenant,
    component: 'web',
    name: NAME,
    role: 'web',
    command: web.command,
    resources: web.resources,
    env: web.env,
    port: web.port,
    probes: serves(web.health, 'http', web.probes),
    drain: DRAIN,
    grace: web.grace + DRAIN,
    migrated: true,
    placement: apart(pods, tenant.environment.zones),
  });
}
