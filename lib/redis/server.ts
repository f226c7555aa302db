// One StatefulSet of Redis pods: users built before the start, applied live beside it, probes, a volume.

import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { ANNOTATION, claimSpec, labels, podTemplate, readOnly, role, scratch, selector } from '../kube';
import type { ContainerProps, Identity, Labels } from '../kube';
import type { ResolvedEnvironment, ResolvedServer } from '../spec';
import { certificatesElsewhere, ownedElsewhere } from '../spec/secrets';
import { apart, budget } from '../traits/availability';
import { imagesOf } from '../traits/images';
import { answers } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { redisPort } from './broker';
import { redisConf, RUN_DIR } from './redis-conf';
import { underSentinels } from './sentinel-conf';
import { SERVER_TLS_DIR, serverSecret, tlsVolume } from './tls';

export interface ServerProps {
  readonly identity: Identity;
  readonly redis: ResolvedServer;
  readonly environment: ResolvedEnvironment;
  /** Absent where sentinels decide. */
  readonly role?: 'primary' | 'replica';
  readonly replicas: number;
  /** Headless Service that names the pods. */
  readonly serviceName: string;
  /** ConfigMap with the rule lines, Secret with the passwords, ConfigMap with the scripts. */
  readonly sources: Sources;
  /** Host of the primary; only for read replicas. */
  readonly primary?: string;
  /** Variables of the script that asks the sentinels for the role; only where they decide. */
  readonly elected?: readonly k8s.EnvVar[];
}

export interface Sources {
  readonly rules: string;
  readonly passwords: string;
  readonly scripts: string;
  /** The objects of these names, as far as Stalk renders them. */
  readonly objects: readonly ApiObject[];
}

export const SCRIPT_DIR = '/opt/redis';
export const CONF_DIR = '/etc/redis';

/** Long enough to write the data of any size that fits a pod; Redis saves at SIGTERM. */
const GRACE = 120;

/** Any image may run as this: the config, users and data folders are mounted. */
export const USER = 10001;

/** Evicted last: a broker that goes takes every tenant's work with it. */
export const BROKER_PRIORITY = 'stalk-broker';

export interface Server {
  readonly workload: ApiObject;
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
}

export function server(scope: Construct, props: ServerProps): Server {
  const { identity, redis } = props;
  const name = identity.instance;
  const own = labels(identity);
  const pods = selector(identity);
  const template = pod(props, { ...own, ...(props.role && role(props.role)) }, pods);
  const config = new k8s.KubeConfigMap(scope, `${name}-config`, {
    metadata: { name: `${name}-config`, labels: own },
    data: {
      'redis.conf': redisConf({
        redis,
        ...(props.primary !== undefined && { primary: props.primary }),
        ...(props.elected && { more: underSentinels }),
      }),
    },
  });
  budget(scope, { name, labels: own, pods });
  const workload = new k8s.KubeStatefulSet(scope, name, {
    metadata: { name, labels: own },
    spec: {
      serviceName: props.serviceName,
      replicas: props.replicas,
      selector: { matchLabels: pods },
      podManagementPolicy: 'Parallel', // a pod that waits for its predecessor waits for ever when that one is broken
      template,
      ...(redis.storage !== undefined && {
        volumeClaimTemplates: [claim(redis.storage, redis.storageClass)],
      }),
    },
  });
  workload.node.addDependency(config, ...props.sources.objects);
  return { workload, footprint: footprint(template, props.replicas) };
}

function pod(props: ServerProps, own: Labels, pods: Labels): k8s.PodTemplateSpec {
  const { redis, environment, sources } = props;
  const foreign = ownedElsewhere(environment) || certificatesElsewhere(redis.tls);
  return podTemplate({
    user: USER,
    labels: own,
    ...(foreign && { annotations: { [ANNOTATION.secret]: 'existing' } }),
    images: imagesOf(environment),
    grace: GRACE,
    placement: {
      ...apart(pods, environment.zones),
      ...(props.identity.component === 'redis' && { priorityClassName: BROKER_PRIORITY }),
    },
    init: [users('build-users', 'build', props)],
    containers: [redisContainer(props), users('users', 'watch', props)],
    volumes: [
      ...sourceVolumes(`${props.identity.instance}-config`, sources),
      ...(redis.tls ? [tlsVolume(TLS_VOLUME, serverSecret(redis.tls), 'mutual')] : []),
      ...(redis.storage === undefined ? [scratch('redis-data', redis.resources.disk.limit)] : []),
    ],
  });
}

/** What the scripts read, and where they write. */
export const sourceVolumes = (
  config: string,
  { rules, passwords, scripts }: Pick<Sources, 'rules' | 'passwords' | 'scripts'>,
): k8s.Volume[] => [
  { name: 'config', configMap: { name: config } },
  { name: 'scripts', configMap: { name: scripts } },
  { name: 'rules', configMap: { name: rules } },
  // optional: a broker starts before the first password arrives, and the sidecar adds each user when it does
  { name: 'passwords', secret: { secretName: passwords, optional: true, defaultMode: 0o440 } },
  scratch('run', '64Mi'), // the aclfile of 2,000 tenants takes 4 MB, and lies here four times while it changes
];

function redisContainer({ redis, elected }: ServerProps): ContainerProps {
  return {
    name: 'redis',
    image: redis.image,
    command: elected ? ['sh', `${SCRIPT_DIR}/start.sh`] : ['redis-server', `${CONF_DIR}/redis.conf`],
    resources: redis.resources,
    port: { name: 'redis', number: redisPort(redis) },
    env: [...(elected ? elected : []), ...tlsEnv(redis)],
    probes: answers(`${SCRIPT_DIR}/probe.sh`, redis.probes),
    mounts: [
      readOnly('config', CONF_DIR),
      readOnly('scripts', SCRIPT_DIR),
      ...tlsMounts(redis),
      { name: 'run', mountPath: RUN_DIR },
      { name: 'redis-data', mountPath: '/data' },
    ],
  };
}

const TLS_VOLUME = 'tls';

const tlsMounts = ({ tls }: ResolvedServer): k8s.VolumeMount[] =>
  tls ? [readOnly(TLS_VOLUME, SERVER_TLS_DIR)] : [];

/** What the scripts need to know of a Redis that speaks TLS. */
const tlsEnv = (redis: ResolvedServer): k8s.EnvVar[] =>
  redis.tls
    ? [
        { name: 'REDIS_PORT', value: String(redisPort(redis)) },
        { name: 'REDIS_TLS', value: SERVER_TLS_DIR },
      ]
    : [];

/** `build` writes the aclfile before Redis starts; `watch` applies what changes to the running Redis. */
export function users(
  name: string,
  verb: 'build' | 'watch',
  { redis, environment }: Pick<ServerProps, 'redis' | 'environment'>,
  env: readonly k8s.EnvVar[] = [],
): ContainerProps {
  return {
    name,
    image: redis.image,
    command: ['sh', `${SCRIPT_DIR}/users.sh`, verb],
    resources: environment.defaults.helper,
    env: [...env, ...(verb === 'watch' ? tlsEnv(redis) : [])],
    mounts: [
      readOnly('scripts', SCRIPT_DIR),
      readOnly('rules', '/etc/redis-users/rules'),
      readOnly('passwords', '/etc/redis-users/passwords'),
      ...(verb === 'watch' ? tlsMounts(redis) : []),
      { name: 'run', mountPath: RUN_DIR },
    ],
  };
}

/** Never changes with a version: a claim template cannot. */
const claim = (size: string, storageClass: string): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: 'redis-data' },
  spec: claimSpec(size, storageClass, 'ReadWriteOnce'),
});
