// What runs in a deployment, whoever described it: facts with the file and the object that they come from.

import type { JsonRecord } from '../kube/json';
import type { Cpu, Memory } from '../spec';

/** What a variable holds. A literal that is a password is seen, and never written. */
export type VariableValue =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'secret'; readonly secret: string; readonly key: string; readonly optional: boolean }
  /** `text` is as much as was written: `redis://:$(PASSWORD)@redis:6379/0`. */
  | { readonly kind: 'unknown'; readonly why: string; readonly text?: string };

export interface SeenVariable {
  readonly name: string;
  readonly value: VariableValue;
  readonly source: string;
}

/** A whole Secret or ConfigMap as environment. */
export interface Bulk {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly prefix?: string;
  readonly optional: boolean;
}

/** A folder or a file in a container, and what stands behind it. */
export interface Mount {
  readonly path: string;
  readonly volume: string;
  readonly subPath?: string;
  readonly behind:
    | { readonly kind: 'claim'; readonly claim: string }
    | { readonly kind: 'scratch'; readonly memory: boolean; readonly size?: string }
    | {
        readonly kind: 'secret' | 'configMap';
        readonly name: string;
        readonly items: readonly { readonly key: string; readonly path: string }[];
      }
    | { readonly kind: 'other'; readonly what: string };
}

export interface Sizes {
  readonly request?: { readonly cpu?: Cpu; readonly memory?: Memory };
  readonly limit?: { readonly cpu?: Cpu; readonly memory?: Memory };
  /** GPUs and the like. */
  readonly devices: Readonly<Record<string, number>>;
}

export interface SeenProgram {
  readonly name: string;
  readonly image?: string;
  /** What it runs from: its image, or the folder that Compose builds; programs of one app have one. */
  readonly origin: string;
  /** `command` of Kubernetes, `entrypoint` of Compose. */
  readonly entrypoint: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly SeenVariable[];
  readonly bulk: readonly Bulk[];
  readonly ports: readonly { readonly port: number; readonly name?: string }[];
  readonly sizes: Sizes;
  /** As Kubernetes writes them. */
  readonly probes: Readonly<Partial<Record<'startup' | 'readiness' | 'liveness', JsonRecord>>>;
  readonly mounts: readonly Mount[];
  readonly user?: number;
  readonly workingDir?: string;
  /** Fields that no prop of a tenant says, each with its reason. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly what: string;
  readonly why: string;
  readonly nearest: string;
}

export type PodKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob' | 'Pod' | 'service';

/** Programs that start together: a pod template, or a service of Compose. */
export interface SeenPod {
  readonly kind: PodKind;
  readonly name: string;
  /** `Deployment/worker (k8s.yaml)`. */
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly cron?: string;
  readonly timeLimit?: number;
  readonly grace?: number;
  readonly programs: readonly SeenProgram[];
  readonly inits: readonly SeenProgram[];
  /** The pod's spec, for what stands where and as whom. */
  readonly spec: JsonRecord;
  readonly claimTemplates: Readonly<Record<string, SeenClaim>>;
  readonly leftOut: readonly LeftOut[];
}

export interface SeenClaim {
  readonly name: string;
  readonly source: string;
  readonly size?: Memory;
  readonly many: boolean;
  readonly storageClass?: string;
}

/** A name under which pods are reached. */
export interface Address {
  readonly name: string;
  readonly source: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly port: number; readonly target?: string }[];
  /** `ExternalName`. */
  readonly external?: string;
}

/** A way in from outside. */
export interface Entrance {
  readonly source: string;
  readonly host?: string;
  readonly path: string;
  readonly service: string;
  readonly port?: string;
  readonly tlsSecret?: string;
  readonly issuer?: string;
  readonly class?: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly gateway?: { readonly name: string; readonly namespace?: string; readonly section?: string };
}

export interface Scaler {
  readonly source: string;
  readonly target: string;
  readonly min: number;
  readonly max: number;
  readonly utilization?: number;
  readonly memory?: number;
  readonly queueLength?: number;
  readonly cooldown?: number;
  readonly behavior?: JsonRecord;
  readonly leftOut: readonly LeftOut[];
}

/** An object that is no program: Stalk makes its own, or nothing says it. */
export interface OtherObject {
  readonly kind: string;
  readonly name: string;
  readonly source: string;
  readonly body: JsonRecord;
}

export interface Inventory {
  readonly origin: 'kubernetes' | 'compose';
  /** Namespace of the objects, or project of Compose. */
  readonly namespace?: string;
  readonly instance?: string;
  readonly pods: readonly SeenPod[];
  readonly addresses: readonly Address[];
  readonly entrances: readonly Entrance[];
  readonly scalers: readonly Scaler[];
  readonly claims: readonly SeenClaim[];
  /** Values by key, by name of the ConfigMap. */
  readonly configs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Keys by name of the Secret; their values only to know them again. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** The same ConfigMaps and Secrets as objects. */
  readonly sources: readonly OtherObject[];
  readonly others: readonly OtherObject[];
  /** Literals that must appear nowhere. */
  readonly literals: ReadonlySet<string>;
}
