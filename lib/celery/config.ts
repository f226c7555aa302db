// What a tenant's pods read: the loader, the platform's Celery settings, the app's plain environment, its folders.

import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, kubeObject } from '../kube';
import type { TenantPlan } from '../plan';
import { LOADER_CONFIG } from '../plan/celery/paths';
import { SETTINGS_FILE } from '../plan/celery/settings';
import { runtimeConfig } from '../traits/runtime';
import { processIdentity } from './pod';
import { loader } from './runtime';
import { scalerAccess, scalerConfig, scalesByQueue } from './scaler';
import { persistentClaim } from './workload';

export class AppConfig extends Construct {
  constructor(scope: Construct, id: string, plan: TenantPlan) {
    super(scope, id);
    const { name, runtime } = plan.tenant;
    const own = labels(processIdentity(plan.tenant, { component: 'platform', name: 'config' }));
    const scales = scalesByQueue(plan);

    runtimeConfig(this, {
      name: LOADER_CONFIG,
      version: runtime,
      data: loader(runtime),
      owner: name,
      tenant: name,
    });
    for (const config of plan.configs) {
      const data = {
        ...config.texts,
        ...(scales && config.name === SETTINGS_FILE.config && scalerConfig(plan)),
      };
      kubeObject(this, config.name, k8s.KubeConfigMap, {
        metadata: { name: config.name, labels: own },
        ...(Object.keys(data).length > 0 && { data }),
      });
    }
    for (const claim of plan.claims) if (claim.of === undefined) persistentClaim(this, claim, own);
    if (scales) scalerAccess(this, plan, own);
  }
}
