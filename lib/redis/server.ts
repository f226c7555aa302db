// One StatefulSet of Redis or sentinel pods: users built before the start, applied live beside it, probes, a volume.

import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import {
  ANNOTATION,
  claimSpec,
  inMemory,
  labels,
  podTemplate,
  readOnly,
  role,
  scratch,
  selector,
  kubeObject,
} from '../kube';
import type { ContainerProps, Labels } from '../kube';
import { METRICS_PORT } from '../plan/metrics';
import { FOLDERS } from '../plan/redis/server';
import type { Server, ServerFolder, ServerProgram, ServerVariable } from '../plan/redis/server';
import { strategyOf } from '../plan/secrets/strategies';
import { certificatesElsewhere } from '../spec/secrets';
import { apart, budget } from '../traits/availability';
import { imagesOf } from '../traits/images';
import { scraped } from '../traits/metrics';
import { placement } from '../traits/placement';
import { answers } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint, PodResources } from '../traits/quota';
import { sentinelUsers } from './acl';
import { allUsers, serverIdentity } from './base';
import type { RedisProps, Sources } from './base';
import { exporterContainers, exporterUser, SHARED } from './exporter';
import { restorable, restoreContainer, restoreVolumes } from './restore';
import { rulesOf } from './rules';
import { tlsVolume } from './tls';

export interface ServerProps extends RedisProps {
  readonly server: Server;
  /** ConfigMap with the rule lines, Secret with the passwords, ConfigMap with the scripts. */
  readonly sources: Sources;
}

/** Any image may run as this: the config, users and data folders are mounted. */
export const REDIS_USER = 10001;

/** Evicted last: a broker that goes takes every tenant's work with it. */
export const BROKER_PRIORITY = 'stalk-broker';

export interface RenderedServer {
  readonly workload: ApiObject;
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
}

export function server(scope: Construct, asked: ServerProps): RenderedServer {
  const { server: planned } = asked;
  const { name, config, data, replicas, serviceName } = planned;
  const own = labels(serverIdentity(asked, planned));
  const pods = selector(serverIdentity(asked, planned));
  const { props, rules } = withRules(scope, asked, own);
  const template = pod(props, { ...own, ...(planned.role && role(planned.role)) }, pods);
  const file = kubeObject(scope, `${name}-config`, k8s.KubeConfigMap, {
    metadata: { name: `${name}-config`, labels: own },
    data: { [config.file]: config.text },
  });
  budget(scope, { name, labels: own, pods });
  const workload = kubeObject(scope, name, k8s.KubeStatefulSet, {
    metadata: { name, labels: own },
    spec: {
      serviceName,
      replicas,
      selector: { matchLabels: pods },
      podManagementPolicy: 'Parallel', // a pod that waits for its predecessor waits for ever when that one is broken
      template,
      ...(data && 'claim' in data && { volumeClaimTemplates: [claim(data.claim, data.storageClass)] }),
    },
  });
  workload.node.addDependency(file, ...rules, ...props.sources.objects);
  return { workload, footprint: footprint(resourcesOf(props), replicas) };
}

/** Beside the program and what runs before it: a container that builds the users, one that applies them, the exporter. */
function resourcesOf(props: ServerProps): PodResources {
  const { main, before, exporter } = props.server;
  const { helper } = props.environment.defaults;
  const backup = restorable(props.server, props);
  const of = ({ resources }: ServerProgram) => (resources ? resources : helper);
  return {
    main: [of(main), helper, ...(exporter ? [exporter.resources] : [])],
    before: [...(backup ? [backup.resources] : []), helper, ...before.map(of)],
  };
}

/** Sentinels have rules of their own beside those of Redis. */
function withRules(scope: Construct, props: ServerProps, own: Labels) {
  if (props.server.kind === 'redis') return { props, rules: [] };
  const name = `${props.server.name}-rules`;
  const rules = rulesOf(scope, { name, labels: own, users: sentinelUsers(allUsers(props)) });
  return { props: { ...props, sources: { ...props.sources, rules: name } }, rules: [rules] };
}

function pod(props: ServerProps, own: Labels, pods: Labels): k8s.PodTemplateSpec {
  const { server: planned, redis, environment } = props;
  const foreign = strategyOf(environment).ownedElsewhere || certificatesElsewhere(redis.tls);
  const { build, watch } = planned.userVariables;
  return podTemplate({
    ...(!environment.assignedUsers && { user: REDIS_USER }),
    labels: { ...planned.pods.labels, ...own },
    annotations: {
      ...planned.pods.annotations,
      ...(foreign && { [ANNOTATION.secret]: 'existing' }),
      ...(planned.exporter && scraped(environment, METRICS_PORT.redis)),
    },
    images: imagesOf(environment),
    grace: planned.grace,
    placement: {
      ...(planned.evictedLast && { priorityClassName: BROKER_PRIORITY }),
      ...placement(planned.pods, apart(pods, environment.zones)),
    },
    init: [
      ...restores(props),
      users(props, 'build-users', 'build', [...build, ...exporterUser(planned)]),
      ...planned.before.map((program) => container(props, program)),
    ],
    containers: [
      mainContainer(props),
      users(props, 'users', 'watch', watch),
      ...exporterContainers(planned, variable),
    ],
    volumes: [...volumes(props), ...restoredFrom(props)],
  });
}

function restores(props: ServerProps): readonly ContainerProps[] {
  const backup = restorable(props.server, props);
  return backup ? [restoreContainer(backup, mount('data'), variable({ name: 'POD', podName: true }))] : [];
}

function restoredFrom(props: ServerProps): readonly k8s.Volume[] {
  const backup = restorable(props.server, props);
  return backup ? restoreVolumes(backup) : [];
}

function volumes({ server: { name, certificate, data, exporter }, sources }: ServerProps): k8s.Volume[] {
  return [
    { name: 'config', configMap: { name: `${name}-config` } },
    { name: 'scripts', configMap: { name: sources.scripts } },
    { name: 'rules', configMap: { name: sources.rules } },
    // optional: a broker starts before the first password arrives, and the sidecar adds each user when it does
    { name: 'passwords', secret: { secretName: sources.passwords, optional: true, defaultMode: 0o440 } },
    scratch('run', '64Mi'), // the aclfile of 2,000 tenants takes 4 MB, and lies here four times while it changes
    ...(exporter ? [inMemory(SHARED, '1Mi')] : []), // a password and a socket
    ...(certificate === undefined ? [] : [tlsVolume('tls', certificate, 'mutual')]),
    ...(data && 'scratch' in data ? [scratch(DATA, data.scratch)] : []),
  ];
}

/** Never changes with a version: a claim template cannot. */
const DATA = 'redis-data';

const claim = (size: string, storageClass: string): k8s.KubePersistentVolumeClaimProps => ({
  metadata: { name: DATA },
  spec: claimSpec(size, storageClass, 'ReadWriteOnce'),
});

const mainContainer = (props: ServerProps): ContainerProps => ({
  ...container(props, props.server.main),
  port: { name: 'redis', number: props.server.port },
  probes: answers(`${FOLDERS.scripts}/probe.sh`, props.server.probes),
});

/** `build` writes the aclfile before Redis starts; `watch` applies what changes to the running Redis. */
function users(
  props: ServerProps,
  name: string,
  verb: 'build' | 'watch',
  variables: readonly ServerVariable[],
): ContainerProps {
  const { certificate, data, exporter, kind } = props.server;
  const kept = data !== undefined && 'claim' in data;
  // what a sentinel starts with it keeps: `build` notes which files those are
  const sealed = certificate !== undefined && (verb === 'watch' || kind === 'sentinel');
  const shares = exporter !== undefined && (verb === 'build' || certificate !== undefined);
  return container(props, {
    name,
    command: ['sh', `${FOLDERS.scripts}/users.sh`, verb],
    variables,
    folders: [
      'scripts',
      'rules',
      'passwords',
      ...(sealed ? (['tls'] as const) : []),
      'run',
      ...(verb === 'watch' && kept ? (['data'] as const) : []), // where a person mends what Redis cannot read
      ...(shares ? (['exporter'] as const) : []),
    ],
  });
}

const container = ({ server: { image }, environment }: ServerProps, program: ServerProgram) => ({
  name: program.name,
  image,
  command: program.command,
  resources: program.resources ? program.resources : environment.defaults.helper,
  env: program.variables.map(variable),
  mounts: program.folders.map(mount),
});

const variable = (one: ServerVariable): k8s.EnvVar =>
  'value' in one
    ? { name: one.name, value: one.value }
    : { name: one.name, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

const mount = (folder: ServerFolder): k8s.VolumeMount => {
  if (folder === 'run') return { name: folder, mountPath: FOLDERS.run };
  if (folder === 'exporter') return { name: SHARED, mountPath: FOLDERS.exporter };
  if (folder === 'data') return { name: DATA, mountPath: FOLDERS.data };
  return readOnly(folder, FOLDERS[folder]);
};
