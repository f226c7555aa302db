// Objects as the laws read them, kind by kind. Every field below `metadata` may be missing.

import type { LabelSelector, Meta, PodSpec, PodTemplateView, Quantities, Texts } from './pods';

/** Whether Stalk made an object, and what it is made of. */
export interface Base {
  /** `Deployment/worker-default`. */
  readonly id: string;
  readonly kind: string;
  readonly apiVersion: string;
  /** False of what somebody put beside the rendered objects: it need not follow the laws of the house. */
  readonly own: boolean;
  readonly metadata: Meta;
  /** As it was rendered: every value, whether it is readable or not. */
  readonly raw: unknown;
}

interface WithSpec<Spec> extends Base {
  readonly spec?: Spec;
}

interface WithData extends Base {
  readonly data?: Texts;
}

export interface Kinds {
  readonly ConfigMap: WithData;
  readonly Secret: WithData & { readonly stringData?: Texts };
  readonly Namespace: Base;
  readonly ServiceAccount: Base & { readonly automountServiceAccountToken?: boolean };
  readonly Service: WithSpec<ServiceSpec>;
  readonly Deployment: WithSpec<ReplicatedSpec>;
  readonly ReplicaSet: WithSpec<ReplicatedSpec>;
  readonly DaemonSet: WithSpec<ReplicatedSpec>;
  readonly StatefulSet: WithSpec<StatefulSetSpec>;
  readonly Job: WithSpec<JobSpec>;
  readonly CronJob: WithSpec<CronJobSpec>;
  readonly Pod: WithSpec<PodSpec>;
  readonly PersistentVolumeClaim: WithSpec<ClaimSpec>;
  readonly ResourceQuota: WithSpec<{ readonly hard?: Quantities }>;
  readonly LimitRange: WithSpec<{ readonly limits?: readonly Limit[] }>;
  readonly NetworkPolicy: WithSpec<PolicySpec>;
  readonly PodDisruptionBudget: WithSpec<BudgetSpec>;
  readonly HorizontalPodAutoscaler: WithSpec<{
    readonly scaleTargetRef?: Named;
    readonly maxReplicas?: number;
  }>;
  readonly ScaledObject: WithSpec<ScaledObjectSpec>;
  readonly TriggerAuthentication: WithSpec<TriggerAuthenticationSpec>;
  readonly ExternalSecret: WithSpec<ExternalSecretSpec>;
  readonly Certificate: WithSpec<CertificateSpec>;
  readonly Ingress: WithSpec<IngressSpec>;
  readonly HTTPRoute: WithSpec<HTTPRouteSpec>;
  readonly PodMonitor: WithSpec<PodMonitorSpec>;
  readonly PrometheusRule: Base;
}

export type KindName = keyof Kinds;

export interface PodMonitorSpec {
  readonly namespaceSelector?: { readonly any?: unknown; readonly matchNames?: readonly string[] };
  readonly selector?: LabelSelector;
  readonly podMetricsEndpoints?: readonly { readonly port?: string; readonly relabelings?: unknown }[];
}

interface Named {
  readonly name?: string;
}

export interface ServiceSpec {
  readonly selector?: Texts;
  readonly clusterIP?: string;
  readonly publishNotReadyAddresses?: boolean;
  readonly ports?: readonly {
    readonly name?: string;
    readonly port?: number;
    readonly targetPort?: string | number;
  }[];
}

export interface ReplicatedSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateView;
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly maxSurge?: string | number };
  };
}

export interface StatefulSetSpec extends ReplicatedSpec {
  readonly serviceName?: string;
  readonly volumeClaimTemplates?: readonly { readonly metadata?: Named; readonly spec?: ClaimSpec }[];
}

export interface CronJobSpec {
  readonly concurrencyPolicy?: string;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly jobTemplate?: { readonly spec?: JobSpec };
}

export interface JobSpec {
  readonly template?: PodTemplateView;
  readonly parallelism?: number;
  readonly backoffLimit?: number;
  readonly activeDeadlineSeconds?: number;
  readonly ttlSecondsAfterFinished?: number;
}

export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly resources?: { readonly requests?: Quantities };
}

export type LimitField = 'default' | 'defaultRequest' | 'max';
export type Limit = Readonly<Partial<Record<LimitField, Quantities>>> & { readonly type?: string };

export interface PolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly IngressRule[];
  readonly egress?: readonly EgressRule[];
}

export interface IngressRule {
  readonly from?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}

export interface EgressRule {
  readonly to?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}

export interface PolicyPeer {
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] };
}

export interface PolicyPort {
  readonly port?: string | number;
  readonly endPort?: number;
  readonly protocol?: string;
}

interface BudgetSpec {
  readonly selector?: LabelSelector;
  readonly maxUnavailable?: string | number;
  readonly minAvailable?: string | number;
}

interface ScaledObjectSpec {
  readonly scaleTargetRef?: Named;
  readonly maxReplicaCount?: number;
  readonly cooldownPeriod?: number;
  readonly triggers?: readonly Trigger[];
  readonly advanced?: {
    readonly scalingModifiers?: {
      readonly formula?: string;
      readonly target?: unknown;
      readonly activationTarget?: unknown;
    };
  };
  readonly fallback?: unknown;
}

export interface Trigger {
  readonly name?: string;
  readonly type?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly authenticationRef?: Named;
}

export interface Parameter {
  readonly parameter?: string;
  readonly name?: string;
  readonly key?: string;
}

interface TriggerAuthenticationSpec {
  readonly configMapTargetRef?: readonly Parameter[];
  readonly secretTargetRef?: readonly Parameter[];
}

interface ExternalSecretSpec {
  readonly target?: Named;
  readonly data?: readonly {
    readonly secretKey?: string;
    readonly remoteRef?: { readonly key?: string; readonly property?: string };
  }[];
  readonly dataFrom?: readonly { readonly extract?: { readonly key?: string } }[];
}

export interface CertificateSpec {
  readonly secretName?: string;
  readonly dnsNames?: readonly string[];
  readonly issuerRef?: { readonly name?: string; readonly kind?: string; readonly group?: string };
  readonly usages?: readonly string[];
}

export interface IngressSpec {
  readonly defaultBackend?: IngressBackend;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: { readonly paths?: readonly IngressPath[] };
  }[];
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
}

interface IngressPath {
  readonly path?: string;
  readonly backend?: IngressBackend;
}

interface IngressBackend {
  readonly service?: Named & { readonly port?: { readonly number?: number; readonly name?: string } };
}

export interface HTTPRouteSpec {
  readonly parentRefs?: readonly Referred[];
  readonly hostnames?: readonly string[];
  readonly rules?: readonly {
    readonly matches?: readonly { readonly path?: { readonly value?: string } }[];
    readonly backendRefs?: readonly Referred[];
  }[];
}

interface Referred extends Named {
  readonly kind?: string;
  readonly namespace?: string;
  readonly port?: number;
}
