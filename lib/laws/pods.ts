// Pods as the laws read them. Every field may be missing: a patch may have taken it away.

export type Texts = Readonly<Record<string, string>>;
export type Quantities = Readonly<Record<string, string | number>>;

export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Texts;
  readonly annotations: Texts;
}

export interface LabelSelector {
  readonly matchLabels?: Texts;
  readonly matchExpressions?: readonly {
    readonly key?: string;
    readonly operator?: string;
    readonly values?: readonly string[];
  }[];
}

export interface PodTemplateView {
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts };
  readonly spec?: PodSpec;
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly VolumeView[];
  readonly securityContext?: Security & {
    readonly runAsGroup?: number;
    readonly fsGroup?: number;
    readonly sysctls?: readonly unknown[];
  };
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly restartPolicy?: string;
  readonly priorityClassName?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly tolerations?: readonly { readonly key?: string; readonly tolerationSeconds?: number }[];
}

/** What both a pod and its containers may say. */
export interface Security {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type?: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

export interface Container {
  readonly name?: string;
  /** `Always` makes an init container a native sidecar. */
  readonly restartPolicy?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly { readonly configMapRef?: Named; readonly secretRef?: Named }[];
  readonly ports?: readonly ContainerPort[];
  readonly volumeMounts?: readonly {
    readonly name?: string;
    readonly mountPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly securityContext?: Security & {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly procMount?: string;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

export type Probe = Readonly<Record<'exec' | 'httpGet' | 'tcpSocket' | 'grpc', unknown>>;

interface Named {
  readonly name?: string;
  readonly optional?: boolean;
}

interface KeyOf extends Named {
  readonly key?: string;
}

export interface EnvVar {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: { readonly configMapKeyRef?: KeyOf; readonly secretKeyRef?: KeyOf };
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort?: number;
  readonly hostPort?: number;
}

interface Item {
  readonly key?: string;
  readonly path?: string;
  readonly mode?: number;
}

/** Its other fields say of which type it is. */
export interface VolumeView {
  readonly name?: string;
  readonly configMap?: Named & { readonly items?: readonly Item[] };
  readonly secret?: {
    readonly secretName?: string;
    readonly items?: readonly Item[];
    readonly defaultMode?: number;
  };
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string | number };
}
