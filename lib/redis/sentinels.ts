// The StatefulSet of sentinels: users as Redis has them, a configuration made at the start, no volume.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { ANNOTATION, labels, podTemplate, readOnly, selector } from '../kube';
import type { ContainerProps, Labels } from '../kube';
import { ownedElsewhere } from '../spec/secrets';
import { apart, budget } from '../traits/availability';
import { imagesOf } from '../traits/images';
import { local, networkPolicy, peer, tcp } from '../traits/network';
import { answers } from '../traits/probes';
import { footprint } from '../traits/quota';
import { sentinelUsers } from './acl';
import { identityOf } from './base';
import type { RedisProps } from './base';
import { redisPort } from './broker';
import { SENTINEL_PORT } from './nodes';
import { RUN_DIR } from './redis-conf';
import { quorum, sentinelConf } from './sentinel-conf';
import { rulesOf } from './rules';
import { BROKER_PRIORITY, CONF_DIR, SCRIPT_DIR, sourceVolumes, USER, users } from './server';
import type { Server, Sources } from './server';
import { headless, service } from './services';

export interface SentinelsProps extends RedisProps {
  readonly sources: Sources;
  /** Who there is. */
  readonly elected: readonly k8s.EnvVar[];
}

const NAME = 'sentinel';
const RULES = 'sentinel-rules';
const CONFIG = 'sentinel-config';

/** A sentinel has nothing to save. */
const GRACE = 30;

export function sentinels(scope: Construct, props: SentinelsProps): Server {
  const { redis, sources } = props;
  const identity = identityOf(props, NAME, NAME);
  const own = labels(identity);
  const pods = selector(identity);
  const serviceName = `${NAME}-headless`;
  const template = pod(props, own, pods);

  const configs = [
    new k8s.KubeConfigMap(scope, CONFIG, {
      metadata: { name: CONFIG, labels: own },
      data: { 'sentinel.conf': sentinelConf(redis) },
    }),
    rulesOf(scope, { name: RULES, labels: own, users: sentinelUsers(props.users) }),
  ];
  service(scope, { name: NAME, labels: own, pods, port: SENTINEL_PORT });
  headless(scope, { name: serviceName, labels: own, pods, port: SENTINEL_PORT });
  policy(scope, props, own, pods);
  budget(scope, { name: NAME, labels: own, pods });
  const workload = new k8s.KubeStatefulSet(scope, NAME, {
    metadata: { name: NAME, labels: own },
    spec: {
      serviceName,
      replicas: redis.sentinels,
      selector: { matchLabels: pods },
      podManagementPolicy: 'Parallel', // a majority has to come up, whichever
      template,
    },
  });
  workload.node.addDependency(...configs, ...sources.objects);
  return { workload, footprint: footprint(template, redis.sentinels) };
}

function policy(scope: Construct, props: SentinelsProps, own: Labels, pods: Labels): void {
  const { clients, environment } = props;
  const { keda } = environment.peers;
  const redis = [local({ 'app.kubernetes.io/component': 'redis' })];
  const each = [local(pods)];
  networkPolicy(scope, {
    name: NAME,
    labels: own,
    pods,
    ingress: [
      { from: [...clients, ...(keda ? [peer(keda)] : []), ...redis, ...each], ports: tcp(SENTINEL_PORT) },
    ],
    egress: [
      { to: redis, ports: tcp(redisPort(props.redis)) },
      { to: each, ports: tcp(SENTINEL_PORT) },
    ],
  });
}

function pod(props: SentinelsProps, own: Labels, pods: Labels): k8s.PodTemplateSpec {
  const { environment, sources } = props;
  return podTemplate({
    user: USER,
    labels: own,
    ...(ownedElsewhere(environment) && { annotations: { [ANNOTATION.secret]: 'existing' } }),
    images: imagesOf(environment),
    grace: GRACE,
    placement: { ...apart(pods, environment.zones), priorityClassName: BROKER_PRIORITY },
    init: [users('build-users', 'build', props, OF_SENTINEL), findPrimary(props)],
    containers: [sentinel(props), users('users', 'watch', props, OF_SENTINEL)],
    volumes: sourceVolumes(CONFIG, { ...sources, rules: RULES }),
  });
}

const OF_SENTINEL: readonly k8s.EnvVar[] = [
  { name: 'USERS_OF', value: 'sentinel' },
  { name: 'REDIS_PORT', value: String(SENTINEL_PORT) },
];

const mounts: readonly k8s.VolumeMount[] = [
  readOnly('scripts', SCRIPT_DIR),
  { name: 'run', mountPath: RUN_DIR },
];

/** Sentinels keep nothing over a restart: each asks who the primary is before it starts. */
const findPrimary = ({ redis, environment, elected }: SentinelsProps): ContainerProps => ({
  name: 'find-primary',
  image: redis.image,
  command: ['sh', `${SCRIPT_DIR}/sentinel.sh`],
  resources: environment.defaults.helper,
  env: [...elected, { name: 'QUORUM', value: String(quorum(redis)) }],
  mounts: [...mounts, readOnly('config', CONF_DIR), readOnly('passwords', '/etc/redis-users/passwords')],
});

const sentinel = ({ redis, environment }: SentinelsProps): ContainerProps => ({
  name: NAME,
  image: redis.image,
  command: ['redis-server', `${RUN_DIR}/sentinel.conf`, '--sentinel'],
  resources: environment.defaults.helper, // it holds some 8 MB, whatever Redis holds
  port: { name: 'redis', number: SENTINEL_PORT },
  env: [{ name: 'REDIS_PORT', value: String(SENTINEL_PORT) }],
  probes: answers(`${SCRIPT_DIR}/probe.sh`, redis.probes),
  mounts,
});
