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
  readOnly,
  scratch,
  selector,
} from '../kube';
import type { ContainerProps, Labels } from '../kube';
import {
  BACKUP_FOLDERS as FOLDERS,
  BACKUP_NAMES as NAMES,
  keepArguments,
  nodesOf,
  storeKeys,
  storeVariables,
} from '../plan/redis/backup';
import { redisPort } from '../plan/redis/endpoint';
import { CLIENT_TLS_DIR, clientSecret } from '../plan/redis/tls';
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
import { backupScripts } from './runtime';
import { REDIS_USER } from './server';
import { tlsVolume } from './tls';

export interface BackupProps extends RedisProps {
  readonly backup: ResolvedBackup;
}

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

/** One program that the clock starts. */
interface Run {
  readonly name: 'redis-backup' | 'redis-drill';
  readonly schedule: string;
  /** Runs first. */
  readonly first: ContainerProps;
  readonly then: ContainerProps;
}

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
    const { redis, environment, backup } = props;
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
    const runs = [dumpAndStore(props), ...(backup.drill === undefined ? [] : [tryOne(props, backup.drill)])];
    for (const run of runs) cronJob(this, props, run).node.addDependency(...needs);
    this.footprints = runs.map((run) => footprint(resourcesOf(run), 1));
  }
}

const resourcesOf = ({ first, then }: Run): PodResources => ({
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

function dumpAndStore(props: BackupProps): Run {
  const { backup, redis, plan, environment, namespace } = props;
  const nodes = nodesOf(plan, { namespace, clusterDomain: environment.clusterDomain });
  return {
    name: NAMES.backup,
    schedule: backup.schedule,
    first: {
      ...program('dump', redis.image, ['dump.sh']),
      resources: backup.resources,
      env: variables({
        REDIS_NODES: nodes,
        REDIS_USER: BACKUP.name,
        REDIS_PASSWORD_FILE: `${FOLDERS.password}/${BACKUP.name}`,
        ...(redis.tls && { REDIS_TLS: CLIENT_TLS_DIR }),
        SCRATCH: FOLDERS.scratch,
      }),
      mounts: [
        ...shared(),
        readOnly('password', FOLDERS.password),
        ...(redis.tls ? [readOnly('tls', CLIENT_TLS_DIR)] : []),
      ],
    },
    then: {
      ...program('store', backup.image, ['store.sh']),
      resources: backup.resources,
      env: variables({ ...storeVariables(backup), KEEP: keepArguments(backup), ...storePlaces() }),
      mounts: [...shared(), ...storeMounts(backup)],
    },
  };
}

/** Folders of a Redis' pod, of which `fetch` has none. */
const NO_REDIS = { REDIS_DATA: FOLDERS.scratch, RESTORE: FOLDERS.scratch };

/** It loads what Redis held, so it takes what Redis takes. */
function tryOne({ backup, redis }: BackupProps, schedule: string): Run {
  const { cpu, memory } = redis.resources;
  return {
    name: NAMES.drill,
    schedule,
    first: {
      ...program('fetch', backup.image, ['restore.sh', 'fetch']),
      resources: backup.resources,
      env: variables({ ...storeVariables(backup), ...storePlaces(), ...NO_REDIS }),
      mounts: [...shared(), ...storeMounts(backup)],
    },
    then: {
      ...program('drill', redis.image, ['drill.sh']),
      resources: { cpu, memory, disk: backup.resources.disk },
      env: variables({ SCRATCH: FOLDERS.scratch }),
      mounts: shared(),
    },
  };
}

const program = (name: string, image: string, [script = '', ...more]: readonly string[]) => ({
  name,
  image,
  command: ['sh', `${FOLDERS.scripts}/${script}`, ...more],
});

const variables = (all: Readonly<Record<string, string>>): k8s.EnvVar[] =>
  Object.entries(all).map(([name, value]) => ({ name, value }));

const storePlaces = () => ({ STORE: FOLDERS.store, SCRATCH: FOLDERS.scratch });

const shared = (): k8s.VolumeMount[] => [
  readOnly('scripts', FOLDERS.scripts),
  { name: 'scratch', mountPath: FOLDERS.scratch },
];

/** What a container with restic mounts. */
export const storeMounts = ({ store }: ResolvedBackup): k8s.VolumeMount[] => [
  readOnly('store', FOLDERS.store),
  ...(store.kind === 'claim' ? [{ name: 'backups', mountPath: FOLDERS.claim }] : []),
];

/** Volumes of what a container with restic mounts. */
export const storeVolumes = ({ store }: ResolvedBackup): k8s.Volume[] => [
  { name: 'store', secret: { secretName: NAMES.secret, defaultMode: 0o440 } },
  ...(store.kind === 'claim' ? [{ name: 'backups', persistentVolumeClaim: { claimName: NAMES.claim } }] : []),
];

/** The programs of backups. */
export const scriptsVolume = (): k8s.Volume => ({ name: 'scripts', configMap: { name: NAMES.scripts } });

function volumes({ redis, backup }: BackupProps, { name }: Run): k8s.Volume[] {
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
    ...(dumps && redis.tls ? [tlsVolume('tls', clientSecret(redis.tls), 'mutual')] : []),
    ...storeVolumes(backup),
  ];
}

function cronJob(scope: Construct, props: BackupProps, run: Run): k8s.KubeCronJob {
  const identity = identityOf(props, run.name);
  const own = { labels: labels(identity) };
  return kubeObject(scope, run.name, k8s.KubeCronJob, {
    metadata: { name: run.name, ...own },
    spec: {
      schedule: run.schedule,
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

function pod(props: BackupProps, run: Run): k8s.PodTemplateSpec {
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
