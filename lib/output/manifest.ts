// A Kubernetes object as plain JSON, as far as Stalk reads it.

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  /** Of a Secret. */
  readonly type?: string;
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** What a pod template looks like in JSON, as far as it is read here. */
export interface PodTemplate {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    containers: { envFrom?: { configMapRef?: { name: string } }[]; env?: EnvVar[] }[];
    volumes?: TemplateVolume[];
  };
}

export interface TemplateVolume {
  name: string;
  configMap?: { name: string };
  secret?: { secretName: string };
  persistentVolumeClaim?: { claimName: string };
}

interface EnvVar {
  valueFrom?: { configMapKeyRef?: { name: string } };
}

/** Nothing where there is none, or where a patch has left one that cannot be read. */
export function podTemplateOf({ kind, spec }: Manifest): PodTemplate | undefined {
  const path = kind === 'CronJob' ? ['jobTemplate', 'spec', 'template'] : ['template'];
  const template = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), spec);
  return isTemplate(template) ? template : undefined;
}

const isTemplate = (value: unknown): value is PodTemplate =>
  isObject(value) &&
  isObject(value['metadata']) &&
  isObject(value['spec']) &&
  isObject(value['spec']['containers']) &&
  isList(value['spec']['containers'], (c) => isList(c['envFrom']) && isList(c['env'])) &&
  isList(value['spec']['volumes']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A list of objects, or nothing. */
const isList = (
  value: unknown,
  fits: (item: Readonly<Record<string, unknown>>) => boolean = () => true,
): boolean =>
  value === undefined || (Array.isArray(value) && value.every((item) => isObject(item) && fits(item)));

/** Name of its file in the tree. */
export const fileOf = ({ kind, metadata }: Manifest): string => `${kind}-${metadata.name}.yaml`.toLowerCase();

/** `Deployment/worker-default`. */
export const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;
