// The pod that every part of an app runs in: loader, credentials, folders, and the wait for what it needs.

import type { k8s } from 'cdk8s-plus-27';
import { ANNOTATION, CLIENT_OF, labels, podTemplate, readOnly, scratch } from '../kube';
import type { ContainerProps, Identity, PodProps } from '../kube';
import type { EnvValue, ResolvedTenant } from '../spec';
import type { Resources } from '../spec/defaults';
import { brokerEndpoint, CLIENT_TLS_DIR, tlsVolume } from '../redis/broker';
import { certificatesElsewhere, ownedElsewhere } from '../spec/secrets';
import { imagesOf } from '../traits/images';
import { RUN_DIR } from '../traits/probes';
import { holdsPassword, LOADER_CONFIG, loaderEnv, PASSWORD_DIR, podEnv, SETTINGS_CONFIG } from './env';
import type { ClientRole } from './env';
import { LOADER_DIR } from './runtime';

export interface AppPodProps {
  readonly tenant: ResolvedTenant;
  readonly component: Identity['component'];
  /** Name of the workload and of its container. */
  readonly name: string;
  readonly role: ClientRole;
  readonly command: readonly string[];
  readonly resources: Resources;
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Set by Stalk for this workload alone. */
  readonly fixedEnv?: Readonly<Record<string, string>>;
  readonly probes?: NonNullable<ContainerProps['probes']>;
  readonly port?: number;
  /** Seconds between taking a server out of its Service and SIGTERM. */
  readonly drain?: number;
  readonly grace: number;
  /** Seconds to wait before all else, at random. */
  readonly stagger?: { readonly min: number; readonly max: number };
  /** Whether it waits for the migrations. */
  readonly migrated: boolean;
  readonly mounts?: readonly k8s.VolumeMount[];
  readonly volumes?: readonly k8s.Volume[];
  readonly restart?: PodProps['restart'];
  readonly placement?: PodProps['placement'];
}

export const identityOf = (
  tenant: ResolvedTenant,
  component: Identity['component'],
  instance: string,
): Identity => ({
  component,
  instance,
  owner: tenant.name,
  tenant: tenant.name,
});

export function appPod(props: AppPodProps): k8s.PodTemplateSpec {
  const { tenant, component, name } = props;
  const main = mainContainer(props);
  return podTemplate({
    user: tenant.app.user,
    ...(tenant.app.writableRoot !== undefined && { writableRoot: tenant.app.writableRoot }),
    labels: {
      ...labels(identityOf(tenant, component, name)),
      ...CLIENT_OF.broker,
      ...(tenant.cache && CLIENT_OF.cache),
    },
    annotations: annotations(tenant, main),
    images: imagesOf(tenant.environment),
    grace: props.grace,
    ...(props.restart ? { restart: props.restart } : { movesAfter: MOVES_AFTER }),
    ...(props.placement && { placement: props.placement }),
    init: waits(props, main),
    containers: [main],
    volumes: volumes(props),
  });
}

/**
 * Seconds: with what Kubernetes takes to miss a node and a pod to start, work goes on within a minute or two. A Redis
 * keeps the 300 s: its volume stays behind, and a node that comes back in between has cost its clients nothing more.
 */
const MOVES_AFTER = 10;

function annotations(tenant: ResolvedTenant, { env = [] }: ContainerProps) {
  return {
    ...(readsForeignSecret(tenant, env) && { [ANNOTATION.secret]: 'existing' }),
    ...(holdsPassword(tenant, env) && { [ANNOTATION.credentialsVersion]: tenant.credentialsVersion }),
  };
}

/** Those of Redis users come with the tenant, unless the environment or the Redis is somebody else's. */
function readsForeignSecret(
  { environment, broker, cache }: ResolvedTenant,
  env: readonly k8s.EnvVar[],
): boolean {
  const { topology, tls } = broker.redis;
  if (ownedElsewhere(environment) || topology === 'external' || certificatesElsewhere(tls)) return true;
  const own: readonly (string | undefined)[] = [broker.secret, cache?.secret];
  const read = env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef.name] : []));
  return !environment.disposable && read.some((name) => !own.includes(name));
}

function mainContainer(props: AppPodProps): ContainerProps {
  const { tenant, name, role, port, env: own, fixedEnv, probes, drain } = props;
  return {
    name,
    image: tenant.app.image,
    command: props.command,
    resources: props.resources,
    envFrom: [{ configMapRef: { name: tenant.app.configMap } }],
    env: [settingsVar, ...podEnv({ tenant, role, own, ...(fixedEnv && { fixed: fixedEnv }) })],
    ...(port !== undefined && { port: { name: 'http', number: port } }),
    ...(probes && { probes }),
    ...(drain !== undefined && { drain }),
    mounts: mounts(props),
  };
}

const settingsVar: k8s.EnvVar = {
  name: 'STALK_CELERY',
  valueFrom: { configMapKeyRef: { name: SETTINGS_CONFIG, key: 'settings.json' } },
};

/** Init containers take the main container's resources: they run before it, so they cost nothing. */
function waits({ tenant, role, stagger, migrated }: AppPodProps, main: ContainerProps): ContainerProps[] {
  const { image, resources } = main;
  const check = migrated ? tenant.migrate?.check : undefined;
  const mounts = clientMounts(tenant);
  const env = [settingsVar, ...loaderEnv(tenant, role)];
  return [
    ...(stagger ? [{ name: 'stagger', image, resources, command: sleepAtRandom(stagger) }] : []),
    { name: 'wait-for-redis', image, resources, command: WAIT_FOR_REDIS, env, mounts },
    ...(check
      ? [{ ...bare(main), name: 'wait-for-migrations', command: ['sh', '-c', UNTIL, 'sh', ...check] }]
      : []),
  ];
}

const WAIT_FOR_REDIS = ['python3', `${LOADER_DIR}/stalk_celery.py`, 'wait'];

/** What runs the app's code besides its main program has neither port nor probes. */
function bare({ image, resources, command, env, envFrom, mounts, name }: ContainerProps): ContainerProps {
  return {
    name,
    image,
    resources,
    command,
    ...(env && { env }),
    ...(envFrom && { envFrom }),
    ...(mounts && { mounts }),
  };
}

const sleepAtRandom = ({ min, max }: { readonly min: number; readonly max: number }): string[] => [
  'python3',
  '-c',
  `import random, time; time.sleep(random.uniform(${min}, ${max}))`,
];

const UNTIL = 'until "$@"; do echo "not migrated yet: asking again in 5 s"; sleep 5; done';

/** What the loader needs to speak to Redis. */
const clientMounts = ({ broker }: ResolvedTenant): k8s.VolumeMount[] => [
  readOnly('stalk-loader', LOADER_DIR),
  readOnly('redis-password', PASSWORD_DIR),
  ...(broker.redis.tls ? [readOnly(TLS_VOLUME, CLIENT_TLS_DIR)] : []),
];

const TLS_VOLUME = 'redis-tls';

function tlsVolumes(tenant: ResolvedTenant): k8s.Volume[] {
  const { tls } = brokerEndpoint(tenant);
  return tls ? [tlsVolume(TLS_VOLUME, tls.secret, tls.mode)] : [];
}

function mounts({ tenant, mounts: own = [] }: AppPodProps): k8s.VolumeMount[] {
  const { app } = tenant;
  return [
    ...clientMounts(tenant),
    { name: 'stalk-run', mountPath: RUN_DIR },
    ...app.writable.map((path) => ({ name: folderName(path), mountPath: path })),
    ...Object.entries(app.volumes).map(([name, { path }]) => ({ name, mountPath: path })),
    ...own,
  ];
}

function volumes({ tenant, role, volumes: own = [] }: AppPodProps): k8s.Volume[] {
  const { app, broker } = tenant;
  const items = [{ key: broker.users[role], path: 'password' }];
  return [
    { name: 'stalk-loader', configMap: { name: LOADER_CONFIG } },
    { name: 'redis-password', secret: { secretName: broker.secret, items, defaultMode: 0o440 } },
    ...tlsVolumes(tenant),
    scratch('stalk-run', '1Mi'),
    ...app.writable.map((path) => scratch(folderName(path), WRITABLE_SIZE)),
    ...Object.entries(app.volumes).map(([name, volume]) => ({
      name,
      persistentVolumeClaim: { claimName: 'claim' in volume ? volume.claim : name },
    })),
    ...own,
  ];
}

/** What is lost with the pod should be small. */
const WRITABLE_SIZE = '512Mi';

/** `/usr/src/app/tmp` is the volume `writable-usr-src-app-tmp`: no claim is called that. */
const folderName = (path: string): string =>
  `writable-${path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(-54)}`;
