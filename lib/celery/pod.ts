// The pod that a process of an app runs in.

import type { k8s } from 'cdk8s-plus-27';
import {
  ANNOTATION,
  brokerLabel,
  CLIENT_OF,
  inMemory,
  labels,
  podTemplate,
  scratch,
  selector,
} from '../kube';
import type { ContainerProps, Identity, Labels } from '../kube';
import { METRICS } from '../plan/metrics';
import { brokerName } from '../plan/redis/broker';
import type { Companion, Folder, Process, Variable, VariableSource, Wait } from '../plan/process';
import type { ResolvedTenant } from '../spec';
import { apart } from '../traits/availability';
import { imagesOf } from '../traits/images';
import { scraped } from '../traits/metrics';
import { placement } from '../traits/placement';
import { probesOf } from '../traits/probes';

/** Whose process it is, and where it runs. */
export type Owner = Pick<ResolvedTenant, 'name' | 'environment' | 'broker'>;

export const processIdentity = (
  { name: tenant }: Pick<Owner, 'name'>,
  { component, name: instance }: { readonly component: Identity['component']; readonly name: string },
): Identity => ({ component, instance, owner: tenant, tenant });

/** What belongs to a tenant as a whole. */
export const tenantIdentity = (tenant: Pick<Owner, 'name'>): Identity =>
  processIdentity(tenant, { component: 'platform', name: 'tenant' });

export function podOf(owner: Owner, process: Process): k8s.PodTemplateSpec {
  const { environment } = owner;
  const { pods } = process;
  const identity = processIdentity(owner, process);
  const native = environment.nativeSidecars;
  const companions = process.companions.map(companionContainer);
  return podTemplate({
    ...(process.user !== undefined && { user: process.user }),
    ...(pods.account && { account: pods.account }),
    ...(process.writableRoot !== undefined && { writableRoot: process.writableRoot }),
    labels: { ...pods.labels, ...labels(identity), ...clientLabels(process), ...ofBroker(owner, process) },
    annotations: { ...pods.annotations, ...annotations(process), ...scrapedAt(owner, process) },
    images: imagesOf(environment),
    grace: process.grace,
    ...stays(process, selector(identity), environment.zones),
    init: [...(native ? companions : []), ...process.waits.map((wait) => waitContainer(process, wait))],
    containers: [
      mainContainer(process),
      ...(native ? [] : companions.map((one) => ({ ...one, drain: process.grace - OWN_END }))),
    ],
    volumes: foldersOf(process).map(volume),
  });
}

/**
 * Seconds that a plain sidecar has for its own end. All containers of a pod are told to end at once, and a program goes on
 * with its work for as long as its grace: what it works with waits before it ends.
 */
const OWN_END = 5;

/** Names of init containers that are native sidecars. */
export const nativeOf = ({ environment }: Owner, { companions }: Process): readonly string[] =>
  environment.nativeSidecars ? companions.map(({ name }) => name) : [];

/** Of all its programs, each once. */
const foldersOf = ({ folders, companions, waits }: Process): readonly Folder[] => [
  ...new Map(
    [...folders, ...[...companions, ...waits].flatMap((one) => one.folders)].map((one) => [one.name, one]),
  ).values(),
];

const clientLabels = ({ talksTo }: Process): Labels =>
  Object.assign({}, ...talksTo.map((use) => CLIENT_OF[use])) as Labels;

/** By this, its series say which broker they are about. */
const ofBroker = (owner: Owner, { metrics }: Process): Labels =>
  metrics === undefined ? {} : brokerLabel(brokerName(owner));

const scrapedAt = ({ environment }: Owner, { metrics }: Process): Labels =>
  metrics === undefined ? {} : scraped(environment, metrics);

const annotations = ({ readsForeignSecrets, credentialsVersion }: Process): Labels => ({
  ...(readsForeignSecrets && { [ANNOTATION.secret]: 'existing' }),
  ...(credentialsVersion !== undefined && { [ANNOTATION.credentialsVersion]: credentialsVersion }),
});

/**
 * Seconds: with what Kubernetes takes to miss a node and a pod to start, work goes on within a minute or two. A Redis
 * keeps the 300 s: its volume stays behind, and a node that comes back in between has cost its clients nothing more.
 */
const MOVES_AFTER = 10;

function stays({ lifetime, pods }: Process, own: Labels, zones: readonly string[]) {
  switch (lifetime.kind) {
    case 'service':
      return { movesAfter: MOVES_AFTER, placement: placement(pods, apart(own, zones, lifetime.apart)) };
    case 'singleton':
      return { movesAfter: MOVES_AFTER, placement: placement(pods) };
    case 'job':
    case 'cron':
      return { restart: 'Never' as const, placement: placement(pods) }; // a failed pod stays, with its log
  }
}

/**
 * Init containers take the main container's resources: they run before it, so they cost nothing. Its devices they leave
 * alone: some plugins give a device to a container for the whole life of the pod.
 */
const waitContainer = ({ resources }: Process, wait: Wait): ContainerProps =>
  container({ resources, ...wait });

interface Ran extends Omit<Companion, 'args' | 'user'> {
  readonly workingDir?: string;
  /** Absent, the pod's. */
  readonly user?: number | undefined;
}

function container({ name, image, command, workingDir, resources, user, ...program }: Ran): ContainerProps {
  return {
    name,
    image,
    resources,
    ...(command && { command }),
    ...(workingDir !== undefined && { workingDir }),
    ...(user !== undefined && { user }),
    envFrom: program.variablesFrom.map(variableSource),
    env: program.variables.map(variable),
    mounts: program.folders.map(mount),
  };
}

/** Name of the port on which a process serves HTTP. */
export const HTTP = 'http';

function mainContainer(process: Process): ContainerProps {
  const { port, front, metrics, probes, drain, devices } = process;
  const listens = port !== front;
  return {
    ...container({ ...process, user: undefined }),
    devices,
    ...(port !== undefined && listens && { port: { name: HTTP, number: port } }),
    ...(metrics !== undefined && { port: { name: METRICS, number: metrics } }),
    ...(probes && { probes: probesOf(probes, front === undefined || listens ? HTTP : front) }),
    ...(drain !== undefined && { drain }),
  };
}

/** The port has the name of the sidecar, as far as a port may have one. */
function companionContainer(companion: Companion): ContainerProps {
  const { name, args, port, probes } = companion;
  return {
    ...container(companion),
    args,
    ...(port !== undefined && { port: { name: portName(name), number: port } }),
    ...(port !== undefined && probes && { probes: probesOf(probes, portName(name)) }),
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc6335#section-5.1 */
const portName = (name: string): string => (/^(?=.*[a-z]).{1,15}$/.test(name) ? name : 'sidecar');

function variable(of: Variable): k8s.EnvVar {
  const { name } = of;
  if ('value' in of) return { name, value: of.value };
  const { key } = of;
  return 'secret' in of
    ? { name, valueFrom: { secretKeyRef: { name: of.secret, key } } }
    : { name, valueFrom: { configMapKeyRef: { name: of.config, key } } };
}

function variableSource(source: VariableSource): k8s.EnvFromSource {
  const { prefix, optional } = source;
  const more = optional === true ? { optional } : {};
  return {
    ...('secret' in source
      ? { secretRef: { name: source.secret, ...more } }
      : { configMapRef: { name: source.config, ...more } }),
    ...(prefix !== undefined && { prefix }),
  };
}

const mount = (folder: Folder): k8s.VolumeMount => ({
  name: folder.name,
  mountPath: folder.path,
  ...(('config' in folder || 'secret' in folder) && {
    readOnly: true,
    ...(folder.single !== undefined && { subPath: folder.single }),
  }),
});

function volume(folder: Folder): k8s.Volume {
  const { name } = folder;
  if ('claim' in folder) return { name, persistentVolumeClaim: { claimName: folder.claim } };
  if ('scratch' in folder) return scratch(name, folder.scratch);
  if ('memory' in folder) return inMemory(name, folder.memory);
  const { files } = folder;
  const items = files && { items: Object.entries(files).map(([key, path]) => ({ key, path })) };
  return 'config' in folder
    ? { name, configMap: { name: folder.config, ...items } }
    : { name, secret: { secretName: folder.secret, ...items, defaultMode: 0o440 } };
}
