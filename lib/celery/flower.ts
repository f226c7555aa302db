// Flower, the monitoring page, behind basic auth.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, selector } from '../kube';
import type { ResolvedFlower, ResolvedTenant } from '../spec';
import { serves } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { appPod, identityOf } from './app-pod';
import { httpService } from './http-service';

export interface FlowerProps {
  readonly tenant: ResolvedTenant;
  readonly flower: ResolvedFlower;
}

const NAME = 'flower';

const GRACE = 30;

/** Its one page that asks for no password (Flower >= 1.0). */
const HEALTH = '/healthcheck';

export class Flower extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;

  constructor(scope: Construct, id: string, { tenant, flower }: FlowerProps) {
    super(scope, id);
    const identity = identityOf(tenant, 'flower', NAME);
    const own = labels(identity);
    const pods = selector(identity);
    const template = flowerPod(tenant, flower);
    this.workload = new k8s.KubeDeployment(this, NAME, {
      metadata: { name: NAME, labels: own },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        strategy: { type: 'Recreate' }, // it keeps what it saw in memory: two would tell different stories
        selector: { matchLabels: pods },
        template,
      },
    });
    httpService(this, { name: NAME, labels: own, pods, port: flower.port });
    this.footprint = footprint(template, 1);
  }
}

function flowerPod(tenant: ResolvedTenant, flower: ResolvedFlower): k8s.PodTemplateSpec {
  const { port, urlPrefix, auth } = flower;
  return appPod({
    tenant,
    component: 'flower',
    name: NAME,
    role: 'worker',
    command: [
      'celery',
      '-A',
      tenant.app.module,
      'flower',
      `--port=${port}`,
      ...(urlPrefix === '' ? [] : [`--url_prefix=${urlPrefix}`]),
    ],
    resources: flower.resources,
    env: { FLOWER_BASIC_AUTH: auth, ...flower.env },
    fixedEnv: { STALK_CREDENTIALS_IN: 'url' }, // its own client asks for queue lengths and knows no provider
    port,
    probes: serves(`${urlPrefix === '' ? '' : `/${urlPrefix}`}${HEALTH}`, 'http', flower.probes),
    grace: GRACE,
    migrated: false,
  });
}
