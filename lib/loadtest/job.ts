// The Job that makes the load: the tenant's own web pod with another program, or a worker's in the name of the web side.

import type { Manifest } from '../output/manifest';
import type { ResolvedTenant } from '../spec/resolved';
import { LoadTestError } from './error';
import type { Asked } from './plan';
import { LOAD } from './runtime';

export interface JobProps {
  readonly manifests: readonly Manifest[];
  readonly tenant: ResolvedTenant;
  readonly asked: Asked;
  readonly queue: string;
  readonly run: string;
  readonly deadline: number;
}

/** JSON of a container, as far as it is changed or read here. */
interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly resources: Resources;
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

interface Volume {
  readonly name: string;
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

interface Template {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes: readonly Volume[];
    readonly [field: string]: unknown;
  };
}

export interface Job {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'Job';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly backoffLimit: 0;
    readonly activeDeadlineSeconds: number;
    readonly ttlSecondsAfterFinished: number;
    readonly template: Template;
  };
}

/** Seconds in which the program deletes what it made: it waits 5 for answers on their way. */
const GRACE = 20;

/** Seconds: for a load test whose own end was killed, so that nothing stays even then. */
const KEPT = 300;

/** Name of the container. */
export const CONTAINER = 'load';

export function jobOf(props: JobProps): Job {
  const { tenant, run, deadline } = props;
  const template = templateOf(props);
  const labels = labelsOf(template.metadata.labels, run);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `stalk-load-${run}`, namespace: tenant.namespace, labels },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: deadline,
      ttlSecondsAfterFinished: KEPT,
      template: { metadata: { ...template.metadata, labels }, spec: podOf(template.spec, props) },
    },
  };
}

/** Policies know the pod by what it is a client of; Services, budgets and spreading must not take it for a web pod. */
const labelsOf = (labels: Template['metadata']['labels'], run: string): Record<string, string> => ({
  ...labels,
  'app.kubernetes.io/component': 'loadtest',
  'app.kubernetes.io/instance': `loadtest-${run}`,
});

export const podLabels = ({ spec }: Job): Record<string, string> => ({
  'app.kubernetes.io/instance': String(spec.template.metadata.labels['app.kubernetes.io/instance']),
});

function templateOf({ manifests, tenant }: JobProps): Template {
  const named = (name: string): Manifest | undefined =>
    manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  const found = named('web') ?? named(`worker-${tenant.workers[0]?.name}`);
  if (found?.spec) return (found.spec as { readonly template: Template }).template;
  throw new LoadTestError(`tenant "${tenant.name}": must have a web or a worker to load from, got neither`);
}

function podOf(web: Template['spec'], props: JobProps): Template['spec'] {
  const spec = without(web, NOT_OF_THE_POD);
  const waits = (spec.initContainers ?? []).filter(({ name }) => name === WAIT);
  const [main] = spec.containers;
  if (main === undefined)
    throw new LoadTestError(`tenant "${props.tenant.name}": its pods have no container`);
  return {
    ...spec,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: GRACE,
    initContainers: waits.map((container) => asWeb(small(container), props.tenant)),
    containers: [asWeb(load(small(main), props), props.tenant)],
    volumes: spec.volumes.map((volume) => ofWeb(volume, props.tenant)),
  };
}

/** A new pod's network may be closed for a moment, and Redis away: this waits. */
const WAIT = 'wait-for-redis';

/** The app is imported as in its own pods, so memory stays; a processor of its own is not set aside for a minute. */
const REQUEST = '100m';

const small = (container: Container): Container => ({
  ...container,
  resources: {
    ...container.resources,
    requests: { ...container.resources.requests, cpu: REQUEST },
  },
});

/** Where a web pod goes is no matter of this one. */
const NOT_OF_THE_POD = ['affinity', 'topologySpreadConstraints'];

/** It serves nobody. */
const NOT_OF_THE_CONTAINER = ['ports', 'lifecycle', 'startupProbe', 'readinessProbe', 'livenessProbe'];

const without = <T extends object>(object: T, names: readonly string[]): T =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as T;

/** In the program's own words, so there is no ConfigMap to leave behind. */
function load(container: Container, { tenant, asked, queue, run }: JobProps): Container {
  const options = {
    app: tenant.app.module,
    queue,
    run,
    tasks: asked.tasks,
    rate: asked.rate,
    concurrent: asked.concurrent,
    patience: asked.patience,
  };
  return {
    ...without(container, NOT_OF_THE_CONTAINER),
    name: CONTAINER,
    command: ['python3', '-c', LOAD, ...Object.entries(options).flatMap(([k, v]) => [`--${k}`, String(v)])],
  };
}

/** What names the worker's Redis user names that of the web side; in a web pod it does so already. */
const asWeb = (container: Container, { broker }: ResolvedTenant): Container => ({
  ...container,
  env: (container.env ?? []).map((variable) => {
    const { name, value, valueFrom } = variable;
    const { worker, web } = broker.users;
    if (name === 'STALK_USER') return { name, value: web };
    const reference = valueFrom?.secretKeyRef;
    if (reference?.name === broker.secret && reference.key === worker)
      return { name, valueFrom: { secretKeyRef: { ...reference, key: web } } };
    return value === undefined
      ? variable
      : { ...variable, value: value.replace(`//${worker}:$(`, `//${web}:$(`) };
  }),
});

function ofWeb(volume: Volume, { broker }: ResolvedTenant): Volume {
  const { secret } = volume;
  if (secret?.secretName !== broker.secret || secret.items === undefined) return volume;
  const { worker, web } = broker.users;
  const items = secret.items.map((item) => (item.key === worker ? { ...item, key: web } : item));
  return { ...volume, secret: { ...secret, items } };
}
