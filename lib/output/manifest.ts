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
  metadata: { annotations?: Record<string, string> };
  spec: {
    containers: { envFrom?: { configMapRef?: { name: string } }[]; env?: EnvVar[] }[];
    volumes?: { configMap?: { name: string }; persistentVolumeClaim?: { claimName: string } }[];
  };
}

interface EnvVar {
  valueFrom?: { configMapKeyRef?: { name: string } };
}

/** Name of its file in the tree. */
export const fileOf = ({ kind, metadata }: Manifest): string => `${kind}-${metadata.name}.yaml`.toLowerCase();

export const podTemplateOf = ({ spec }: Manifest): PodTemplate | undefined =>
  spec?.['template'] as PodTemplate | undefined;

/** `Deployment/worker-default`. */
export const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;
