// A Job that prepares the app's database, once for each version of its own content.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels } from '../kube';
import type { ResolvedMigration, ResolvedTenant } from '../spec';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { appPod, identityOf } from './app-pod';

export interface MigrationsProps {
  readonly tenant: ResolvedTenant;
  readonly migrate: ResolvedMigration;
}

/** The renderer appends a hash of the content: a Job cannot change. */
const NAME = 'migrate';

const GRACE = 60;

export class Migrations extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;

  constructor(scope: Construct, id: string, { tenant, migrate }: MigrationsProps) {
    super(scope, id);
    const template = appPod({
      tenant,
      component: 'migrate',
      name: NAME,
      role: 'web',
      command: migrate.command,
      resources: migrate.resources,
      env: migrate.env,
      grace: GRACE,
      migrated: false,
      restart: 'Never', // a failed pod stays, with its log
    });
    // No ttlSecondsAfterFinished: Argo CD would see a missing Job and run the migrations again.
    this.workload = new k8s.KubeJob(this, NAME, {
      metadata: { name: NAME, labels: labels(identityOf(tenant, 'migrate', NAME)) },
      spec: { backoffLimit: 3, activeDeadlineSeconds: migrate.timeLimit, template },
    });
    this.footprint = footprint(template, 1);
  }
}
