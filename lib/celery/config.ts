// What a tenant's pods read: the loader, the platform's Celery settings, the app's plain environment, its folders.

import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { claimSpec, labels } from '../kube';
import type { Labels } from '../kube';
import type { ResolvedTenant } from '../spec';
import { runtimeConfig } from '../traits/runtime';
import { identityOf } from './app-pod';
import { LOADER_CONFIG, plainConfig, SETTINGS_CONFIG } from './env';
import { loader } from './runtime';
import { scalerAccess, scalerConfig, scalesByQueue } from './scaler';
import { celerySettings } from './settings';

export class AppConfig extends Construct {
  constructor(scope: Construct, id: string, tenant: ResolvedTenant) {
    super(scope, id);
    const own = labels(identityOf(tenant, 'platform', 'config'));
    const scales = scalesByQueue(tenant);

    runtimeConfig(this, {
      name: LOADER_CONFIG,
      version: tenant.runtime,
      data: loader(tenant.runtime),
      owner: tenant.name,
      tenant: tenant.name,
    });
    this.configMap(SETTINGS_CONFIG, own, {
      'settings.json': `${JSON.stringify(celerySettings(tenant), null, 2)}\n`,
      ...(scales && scalerConfig(tenant)),
    });
    this.configMap(tenant.app.configMap, own, plainConfig(tenant));
    this.claims(tenant, own);
    if (scales) scalerAccess(this, tenant, own);
  }

  private configMap(name: string, own: Labels, data: Record<string, string>): void {
    new k8s.KubeConfigMap(this, name, {
      metadata: { name, labels: own },
      ...(Object.keys(data).length > 0 && { data }),
    });
  }

  private claims({ app }: ResolvedTenant, own: Labels): void {
    for (const [name, volume] of Object.entries(app.volumes)) {
      if ('claim' in volume) continue;
      new k8s.KubePersistentVolumeClaim(this, `claim-${name}`, {
        metadata: { name, labels: own },
        spec: claimSpec(volume.size, volume.storageClass, volume.access),
      });
    }
  }
}
