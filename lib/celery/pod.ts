// The pod that a process of an app runs in.

import type { k8s } from 'cdk8s-plus-27';
import { ANNOTATION, CLIENT_OF, inMemory, labels, podTemplate, scratch, selector } from '../kube';
import type { ContainerProps, Identity, Labels } from '../kube';
import type { Folder, Process, Program, Variable, VariableSource } from '../plan/process';
import type { ResolvedTenant } from '../spec';
import { apart } from '../traits/availability';
import { imagesOf } from '../traits/images';
import { placement } from '../traits/placement';
import { probesOf } from '../traits/probes';

/** Whose process it is, and where it runs. */
export type Owner = Pick<ResolvedTenant, 'name' | 'environment'>;

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
  return podTemplate({
    ...(process.user !== undefined && { user: process.user }),
    ...(pods.account && { account: pods.account }),
    ...(process.writableRoot !== undefined && { writableRoot: process.writableRoot }),
    labels: { ...pods.labels, ...labels(identity), ...clientLabels(process) },
    annotations: { ...pods.annotations, ...annotations(process) },
    images: imagesOf(environment),
    grace: process.grace,
    ...stays(process, selector(identity), environment.zones),
    init: process.waits.map((wait) => container(process, wait)),
    containers: [mainContainer(process)],
    volumes: process.folders.map(volume),
  });
}

const clientLabels = ({ talksTo }: Process): Labels =>
  Object.assign({}, ...talksTo.map((use) => CLIENT_OF[use])) as Labels;

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
function container({ resources }: Process, program: Program): ContainerProps {
  const { name, image, command, workingDir, variablesFrom } = program;
  return {
    name,
    image,
    resources,
    command,
    ...(workingDir !== undefined && { workingDir }),
    envFrom: variablesFrom.map(variableSource),
    env: program.variables.map(variable),
    mounts: program.folders.map(mount),
  };
}

/** Name of the port on which a process serves HTTP. */
export const HTTP = 'http';

function mainContainer(process: Process): ContainerProps {
  const { port, probes, drain, devices } = process;
  return {
    ...container(process, process),
    devices,
    ...(port !== undefined && { port: { name: HTTP, number: port } }),
    ...(probes && { probes: probesOf(probes, HTTP) }),
    ...(drain !== undefined && { drain }),
  };
}

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
