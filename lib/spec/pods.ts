// Where pods run and as whom: nodes, priorities, ServiceAccounts, labels of the pods alone.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { EFFECTS } from './rules/form-guesses';
import {
  annotationsOfObjects,
  deviceName,
  existingAccount,
  labelKey,
  labelsOfObjects,
  labelValue,
  taintKey,
} from './rules/form-metadata';
import { formBy, hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { duration, flag, memory, objectName, oneOf, whole } from './rules/kinds';
import { each, list, marked } from './rules/shapes';

/** What lets a pod run on a node that keeps others away. */
export interface Toleration extends Contract, PropsOf<typeof toleration> {}

const toleration = props({
  /** Key of the taint. */
  key: required(taintKey),

  /**
   * Value of the taint.
   * @default - every value
   */
  value: optional(labelValue),

  /**
   * Effect of the taint.
   * @default - every effect
   */
  effect: optional(hinted(oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'), EFFECTS)),

  /**
   * How long the pod stays on a node that gets the taint while it runs, where its effect is `NoExecute`.
   * @default - for ever
   */
  for: optional(duration('0s')),
});

const values = each(labelKey, list(labelValue, { least: 1 }));

/** Nodes by the values of their labels. Pods of one workload keep apart by themselves. */
export interface NodeAffinity extends Contract, PropsOf<typeof nodeAffinity> {}

const nodeAffinity = props({
  /**
   * Only nodes whose labels have one of these values, each of the labels.
   * @default {}
   */
  required: optional(values),

  /**
   * Such nodes first, others where these have no room.
   * @default {}
   */
  preferred: optional(values),

  /**
   * Never nodes whose labels have one of these values.
   * @default {}
   */
  excluded: optional(values),
});

const accountBase = {
  /**
   * Mounts the token of the account, for an app that asks the API server or shows the token elsewhere (Vault). What it may
   * do there is up to the RoleBindings that you make. `egress` must let it reach somebody to show it to.
   * @default false
   */
  token: optional(flag),
};

/** A ServiceAccount that somebody else makes in the tenant's namespace. */
export interface ExistingAccount extends Contract, PropsOf<typeof existing> {}

const existing = props({
  ...accountBase,

  /** Its name. */
  name: required(existingAccount),
});

/**
 * A ServiceAccount that Stalk makes: `app` for the pods of the tenant, and one with the name of its workload
 * (`worker-reports`) where a workload has annotations of its own.
 */
export interface NewAccount extends Contract, PropsOf<typeof made> {}

const made = props({
  ...accountBase,

  /**
   * Annotations by which a cloud knows it: `eks.amazonaws.com/role-arn`, `iam.gke.io/gcp-service-account`,
   * `azure.workload.identity/client-id`.
   * @default {}
   */
  annotations: optional(annotationsOfObjects),
});

export type PodAccount = ExistingAccount | NewAccount;

const serviceAccount: Form<PodAccount> = hinted(marked({ name: existing, annotations: made }), (value) =>
  typeof value === 'string' ? `write { name: '${value}' }` : undefined,
);

/** What is said of the pods of a Redis. */
export interface ServerPods extends Contract, PropsOf<typeof serverPods> {}

const placementLines = {
  /**
   * Labels that a node must have.
   * @default {}
   */
  nodeSelector: optional(each(labelKey, labelValue)),

  /**
   * Taints of nodes that the pods may run on all the same. A list lies in the place of the list of a layer below.
   * @default []
   */
  tolerations: optional(list<Toleration>(toleration)),

  /**
   * Nodes that are wanted, preferred or left alone, by their labels.
   * @default - any node
   */
  nodeAffinity: optional<NodeAffinity>(nodeAffinity),

  /**
   * Name of a PriorityClass.
   * @default - the cluster's; `stalk-broker` for a broker, which is evicted last
   */
  priorityClass: optional(objectName),

  /**
   * Name of a RuntimeClass, such as `gvisor` or `nvidia`.
   * @default - the cluster's
   */
  runtimeClass: optional(objectName),

  /**
   * Labels of the pods, beside Stalk's own. No selector of Stalk looks at them. A change rolls the pods.
   * @default {}
   */
  labels: optional(labelsOfObjects),

  /**
   * Annotations of the pods. A change rolls them.
   * @default {}
   */
  annotations: optional(annotationsOfObjects),
};

export const serverPods = props(placementLines);

/** What is said of the pods of the app. */
export interface Pods extends ServerPods, PropsOf<typeof appPods> {}

export const appPods = props({
  ...placementLines,

  /**
   * As whom they run in the cluster and in its cloud.
   * @default - the account `stalk`, which has no rights, and no token
   */
  serviceAccount: optional(serviceAccount),

  /**
   * Size of `/dev/shm`, for programs that share memory between processes (PyTorch, Chrome, PostgreSQL clients). What lies
   * there counts in the `memory` of the workload.
   * @default - 64Mi, the container runtime's own
   */
  sharedMemory: optional(memory),
});

/** Layers that have no default beside them: nothing is said of pods unless somebody says it. */
export const podsLayer = { defaults: {} as Pods, layer: appPods as Form<Pods> } as const;

/** Extended resources by their name, such as `{ 'nvidia.com/gpu': 1 }`. */
export const devices: Form<Readonly<Record<string, number>>> = formBy(each(deviceName, whole(1)));
