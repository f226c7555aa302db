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
    volumes?: { configMap?: { name: string }; persistentVolumeClaim?: { claimName: string } }[];
  };
}

interface EnvVar {
  valueFrom?: { configMapKeyRef?: { name: string } };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areRecords = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every(isRecord));

/** Whether a template that a patch has been at still is one, as far as it is read here. */
export function isPodTemplate(template: unknown): boolean {
  if (!isRecord(template) || !isRecord(template['metadata']) || !isRecord(template['spec'])) return false;
  const { containers, volumes } = template['spec'];
  if (!Array.isArray(containers) || !areRecords(containers) || !areRecords(volumes)) return false;
  return containers.every(
    ({ env, envFrom }: Record<string, unknown>) => areRecords(env) && areRecords(envFrom),
  );
}

export const podTemplateOf = ({ spec }: Manifest): PodTemplate | undefined =>
  spec?.['template'] as PodTemplate | undefined;

/** `Deployment/worker-default`. */
export const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;
