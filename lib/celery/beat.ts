// The scheduler: one pod, replaced and never doubled.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { claimSpec, labels, selector } from '../kube';
import type { ResolvedBeat, ResolvedTenant } from '../spec';
import { ticks } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { appPod, identityOf } from './app-pod';
import { SCHEDULE_DIR, SCHEDULE_FILE } from './paths';

export interface BeatProps {
  readonly tenant: ResolvedTenant;
  readonly beat: ResolvedBeat;
}

const NAME = 'beat';

/** Claim of the schedule file: an overdue entry is sent once after a pause, instead of a whole interval later. */
const CLAIM = 'beat-schedule';

/** Beat has nothing to finish; it writes its file and goes. */
const GRACE = 30;

export class Beat extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;

  constructor(scope: Construct, id: string, { tenant, beat }: BeatProps) {
    super(scope, id);
    const identity = identityOf(tenant, 'beat', NAME);
    const template = beatPod(tenant, beat);
    this.workload = new k8s.KubeDeployment(this, NAME, {
      metadata: { name: NAME, labels: labels(identity) },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 3,
        strategy: { type: 'Recreate' }, // two beats send every task twice
        selector: { matchLabels: selector(identity) },
        template,
      },
    });
    if (beat.scheduler === 'file') {
      new k8s.KubePersistentVolumeClaim(this, CLAIM, {
        metadata: { name: CLAIM, labels: labels(identity) },
        spec: claimSpec(beat.storage, tenant.environment.storageClass, 'ReadWriteOnce'),
      });
    }
    this.footprint = footprint(template, 1);
  }
}

function beatPod(tenant: ResolvedTenant, beat: ResolvedBeat): k8s.PodTemplateSpec {
  const file = beat.scheduler === 'file';
  return appPod({
    tenant,
    component: 'beat',
    name: NAME,
    role: 'worker',
    command: ['celery', '-A', tenant.app.module, 'beat', `--loglevel=${tenant.app.logLevel}`, ...flags(beat)],
    resources: beat.resources,
    env: beat.env,
    probes: ticks(beat.probes),
    grace: GRACE,
    migrated: true,
    ...(file && {
      mounts: [{ name: CLAIM, mountPath: SCHEDULE_DIR }],
      volumes: [{ name: CLAIM, persistentVolumeClaim: { claimName: CLAIM } }],
    }),
  });
}

function flags({ scheduler, maxInterval }: ResolvedBeat): string[] {
  const common = ['--pidfile=', `--max-interval=${maxInterval}`]; // no pid file: a pod's pid is always the same
  switch (scheduler) {
    case 'file':
      return [...common, `--schedule=${SCHEDULE_FILE}`];
    case 'database':
      return [...common, '--scheduler=django_celery_beat.schedulers:DatabaseScheduler'];
    case 'redbeat':
      return [...common, '--scheduler=redbeat.RedBeatScheduler'];
  }
}
