// Labels of every object, and the few of them that selectors may hold.

/** What an object is: `component` is its kind of job, `instance` the name a person types. */
export interface Identity {
  readonly component:
    | 'worker'
    | 'beat'
    | 'web'
    | 'process'
    | 'flower'
    | 'migrate'
    | 'loadtest'
    | 'redis'
    | 'cache'
    | 'sentinel'
    | 'queues'
    | 'backup'
    | 'platform';
  readonly instance: string;
  /** Tenant, or broker, that it belongs to. */
  readonly owner: string;
  /** `stalk.dev/tenant`, on what belongs to one tenant. */
  readonly tenant?: string;
}

export type Labels = { readonly [key: string]: string };

const PROGRAM: Readonly<Record<Identity['component'], string>> = {
  worker: 'celery',
  beat: 'celery',
  web: 'app',
  process: 'app',
  flower: 'flower',
  migrate: 'app',
  loadtest: 'app',
  redis: 'redis',
  cache: 'redis',
  sentinel: 'redis',
  queues: 'stalk',
  backup: 'restic',
  platform: 'stalk',
};

export const labels = ({ component, instance, owner, tenant }: Identity): Labels => ({
  'app.kubernetes.io/name': PROGRAM[component],
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/instance': instance,
  'app.kubernetes.io/part-of': owner,
  'app.kubernetes.io/managed-by': 'stalk',
  ...(tenant !== undefined && { 'stalk.dev/tenant': tenant }),
});

/** Never holds anything that changes: a selector cannot be changed. */
export const selector = ({ component, instance }: Pick<Identity, 'component' | 'instance'>): Labels => ({
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/instance': instance,
});

/** Pods of the exporter of queues, beside the Redis that they ask or beside its clients. */
export const QUEUES_EXPORTER = { component: 'queues', instance: 'queues' } as const;

/** Pods that back up a Redis, and those that try a backup. */
export const BACKUP_PODS = { 'app.kubernetes.io/component': 'backup' } as const;

/** On the pods of a tenant that talk to its Redis, so that policies need no list of them. */
export const CLIENT_OF: Readonly<Record<'broker' | 'cache', Labels>> = {
  broker: { 'stalk.dev/broker-client': 'true' },
  cache: { 'stalk.dev/cache-client': 'true' },
};

/** Tells the pod that is written to from the pods that are read from. */
export const role = (value: 'primary' | 'replica'): Labels => ({ 'stalk.dev/role': value });

const BROKER_LABEL = 'stalk.dev/broker';

/** On the namespace of a tenant: the shared broker that lets its clients in. */
export const guestOf = (broker: string): Labels => ({ [BROKER_LABEL]: broker });

/** The same of the broker that the tenant leaves: both let its clients in, whichever label the namespace gets first. */
export const leaverOf = (broker: string): Labels => ({ 'stalk.dev/moving-from': broker });

/** On pods that are watched: a shared broker, or the tenant whose own it is. */
export const brokerLabel = (broker: string): Labels => ({ [BROKER_LABEL]: broker });

export const namespaceLabel = (name: string): Labels => ({ 'kubernetes.io/metadata.name': name });

/** On a ConfigMap that holds programs of Stalk alone: their version. */
export const RUNTIME_LABEL = 'stalk.dev/runtime';

/** Annotations that Stalk gives a meaning. */
export const ANNOTATION = {
  /** Hash of the ConfigMaps that a pod reads at start: a change rolls it. */
  configHash: 'stalk.dev/config-hash',
  /** On a ConfigMap whose change is applied live: it is in no pod's hash. */
  live: 'stalk.dev/live',
  /** On a pod: mounts or reads Secrets that somebody else owns. */
  secret: 'stalk.dev/secret',
  /** On a pod: why its root file system is writable. */
  writableRoot: 'stalk.dev/writable-root',
  /** On a pod that holds a Redis URL in its environment: changes to roll it in a rotation. */
  credentialsVersion: 'stalk.dev/credentials-version',
} as const;

/** Where a shared broker lies. */
export const brokerNamespace = (broker: string): string => `broker-${broker}`;
