// The one API version of each kind that Stalk writes: a newer one is refused by a cluster of the oldest supported version.

const OF_KUBERNETES: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  LimitRange: 'v1',
  Namespace: 'v1',
  PersistentVolumeClaim: 'v1',
  ResourceQuota: 'v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
};

const OF_OPERATORS: Readonly<Record<string, string>> = {
  Certificate: 'cert-manager.io/v1',
  ExternalSecret: 'external-secrets.io/v1',
  HTTPRoute: 'gateway.networking.k8s.io/v1',
  PodMonitor: 'monitoring.coreos.com/v1',
  PrometheusRule: 'monitoring.coreos.com/v1',
  Password: 'generators.external-secrets.io/v1alpha1',
  ScaledObject: 'keda.sh/v1alpha1',
  TriggerAuthentication: 'keda.sh/v1alpha1',
};

const VERSIONS: ReadonlyMap<string, string> = new Map(Object.entries({ ...OF_KUBERNETES, ...OF_OPERATORS }));

/** Nothing for a kind that Stalk never writes. */
export const apiVersionOf = (kind: string): string | undefined => VERSIONS.get(kind);

/** Of the kinds that Stalk writes. */
export const CLUSTER_SCOPED: ReadonlySet<string> = new Set(['Namespace', 'PriorityClass']);
