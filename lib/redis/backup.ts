// Backups of a Redis on Kubernetes: two CronJobs, what their pods read, and whom they may reach.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import {
  ANNOTATION,
  BACKUP_PODS,
  claimSpec,
  kubeObject,
  labels,
  podTemplate,
  scratch,
  selector,
} from '../kube';
import type { Labels } from '../kube';
import { BACKUP_NAMES as NAMES, storeKeys } from '../plan/redis/backup';
import { redisPort } from '../plan/redis/endpoint';
import { clientSecret } from '../plan/redis/tls';
import { strategyOf } from '../plan/secrets/strategies';
import type { WantedSecret } from '../plan/secrets/wanted';
import type { ResolvedBackup } from '../spec';
import { certificatesElsewhere } from '../spec/secrets';
import { imagesOf } from '../traits/images';
import { egressRule, local, networkPolicy, tcp } from '../traits/network';
import { placement } from '../traits/placement';
import { footprint } from '../traits/quota';
import type { Footprint, PodResources } from '../traits/quota';
import { runtimeConfig } from '../traits/runtime';
import { BACKUP } from './acl';
import type { RedisProps } from './base';
import { passwords } from './passwords';
import { dumpAndStore, tryOne } from './backup-runs';
import type { BackupProps, BackupRun } from './backup-runs';
import { backupScripts } from './runtime';
import { REDIS_USER } from './server';
import { tlsVolume } from './tls';

/** What has to be there first. */
interface After {
  readonly after: readonly ApiObject[];
}

/** Runs that stay to be looked at, good ones and failed ones. */
const HISTORY = 3;

/** Seconds: a dump of 10 GB at 10 MB/s takes a third of it. A run that hangs keeps the next one from starting. */
const DEADLINE = 3600;

/** A run that fails is tried once more: the next one is hours away. */
const RETRIES = 1;

/** Seconds between SIGTERM and SIGKILL, in which restic gives its lock back. */
const GRACE = 30;

const identityOf = ({ owner, tenant }: RedisProps, instance: string) => ({
  component: 'backup' as const,
  instance,
  owner,
  ...(tenant !== undefined && { tenant }),
});

/** What opens the store; nobody makes it up, as it has to outlive the cluster. */
export const backupSecret = (props: BackupProps): WantedSecret => ({
  secret: NAMES.secret,
  labels: labels(identityOf(props, NAMES.backup)),
  users: storeKeys(props.backup),
  of: `${props.of}/backup`,
  take: 'all',
  anyText: true,
  foreign: true,
});

export class Backups extends Construct {
  /** What the runs take of the namespace's quota. */
  readonly footprints: readonly Footprint[];

  constructor(scope: Construct, id: string, props: BackupProps & After) {
    super(scope, id);
    const { redis, environment } = props;
    const own = labels(identityOf(props, NAMES.backup));
    const needs = [
      runtimeConfig(this, {
        ...props,
        name: NAMES.scripts,
        version: redis.runtime,
        data: backupScripts(redis),
      }),
      // a CronJob has the name of the Secret
      ...passwords(new Construct(this, 'store'), { ...backupSecret(props), environment }),
      ...claim(this, props, own),
      reach(this, props, own),
      ...props.after,
    ];
    const runs = [dumpAndStore(props), tryOne(props)];
    for (const run of runs) cronJob(this, props, run).node.addDependency(...needs);
    this.footprints = runs.map((run) => footprint(resourcesOf(run), 1));
  }
}

const resourcesOf = ({ first, then }: BackupRun): PodResources => ({
  main: [then.resources as PodResources['main'][number]],
  before: [first.resources as PodResources['main'][number]],
});

function claim(scope: Construct, { backup: { store } }: BackupProps, own: Labels) {
  if (store.kind !== 'claim') return [];
  return [
    kubeObject(scope, NAMES.claim, k8s.KubePersistentVolumeClaim, {
      metadata: { name: NAMES.claim, labels: own },
      spec: claimSpec(store.storage, store.storageClass, 'ReadWriteOnce'),
    }),
  ];
}

/** DNS is everybody's in the namespace; nobody comes in. */
const reach = (scope: Construct, { redis, backup: { store } }: BackupProps, own: Labels) =>
  networkPolicy(scope, {
    name: NAMES.backup,
    labels: own,
    pods: BACKUP_PODS,
    egress: [
      { to: [local({ 'app.kubernetes.io/component': 'redis' })], ports: tcp(redisPort(redis)) },
      ...(store.kind === 's3' ? [egressRule({ to: store.egress, ports: [store.port] })] : []),
    ],
  });

/** Volumes of what a container with restic mounts. */
export const storeVolumes = ({ store }: ResolvedBackup): k8s.Volume[] => [
  { name: 'store', secret: { secretName: NAMES.secret, defaultMode: 0o440 } },
  ...(store.kind === 'claim' ? [{ name: 'backups', persistentVolumeClaim: { claimName: NAMES.claim } }] : []),
];

/** The programs of backups. */
export const scriptsVolume = (): k8s.Volume => ({ name: 'scripts', configMap: { name: NAMES.scripts } });

function volumes({ redis, backup }: BackupProps, { name }: BackupRun): k8s.Volume[] {
  const dumps = name === NAMES.backup;
  return [
    scriptsVolume(),
    scratch('scratch', backup.scratch),
    ...(dumps
      ? [
          {
            name: 'password',
            secret: {
              secretName: 'redis-users',
              items: [{ key: BACKUP.name, path: BACKUP.name }],
              defaultMode: 0o440,
            },
          },
        ]
      : []),
    ...(redis.tls ? [tlsVolume('tls', clientSecret(redis.tls), 'mutual')] : []),
    ...storeVolumes(backup),
  ];
}

function cronJob(scope: Construct, props: BackupProps, run: BackupRun): k8s.KubeCronJob {
  const identity = identityOf(props, run.name);
  const own = { labels: labels(identity) };
  return kubeObject(scope, run.name, k8s.KubeCronJob, {
    metadata: { name: run.name, ...own },
    spec: {
      schedule: run.schedule,
      ...(run.suspended === true && { suspend: true }),
      timeZone: 'Etc/UTC', // that of the controller is nobody's promise
      concurrencyPolicy: 'Forbid',
      successfulJobsHistoryLimit: HISTORY,
      failedJobsHistoryLimit: HISTORY,
      jobTemplate: {
        metadata: own,
        spec: { backoffLimit: RETRIES, activeDeadlineSeconds: DEADLINE, template: pod(props, run) },
      },
    },
  });
}

function pod(props: BackupProps, run: BackupRun): k8s.PodTemplateSpec {
  const { redis, environment, backup } = props;
  const foreign = strategyOf(environment).ownedElsewhere || certificatesElsewhere(redis.tls);
  return podTemplate({
    ...(!environment.assignedUsers && { user: REDIS_USER }),
    labels: { ...redis.pods.labels, ...labels(identityOf(props, run.name)) },
    annotations: { ...redis.pods.annotations, ...(foreign && { [ANNOTATION.secret]: 'existing' }) },
    images: imagesOf(environment),
    grace: GRACE,
    restart: 'Never',
    placement: placement(redis.pods, backup.store.kind === 'claim' ? besideRedis() : {}),
    init: [run.first],
    containers: [run.then],
    volumes: volumes(props, run),
  });
}

/** A claim of one node is where Redis is, which mounts it to be restored from. */
const besideRedis = () => ({
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: selector({ component: 'redis', instance: 'redis' }) },
        },
      ],
    },
  },
});
