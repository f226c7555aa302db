// One cluster's facts, and what every tenant in it shares.

import { defaultsLayer } from './defaults';
import type { Defaults } from './defaults';
import { exposureForm } from './exposure';
import type { Exposure } from './exposure';
import { gitops } from './gitops';
import type { GitOps } from './gitops';
import type { Layer } from './layers';
import { monitoringForm } from './monitoring';
import type { Monitoring } from './monitoring';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { redis } from './redis';
import type { Redis } from './redis';
import { labelsForm } from './rules/form-labels';
import { peerCidr } from './rules/form-expose';
import { clusterDomain, environmentName, patchedFolder, registry } from './rules/form-names';
import { patches } from './rules/form-patches';
import { version } from './rules/versions';
import { formBy } from './rules/kind';
import type { Form } from './rules/kind';
import { anyText, flag, label, objectName, oneOf, runtime, someText } from './rules/kinds';
import { each, list, marked } from './rules/shapes';
import { secretsForm } from './strategies';
import type { Patches } from './values';

/** Folders of an environment's tree that it may patch. */
export type PatchedFolder = 'platform' | 'tenants/*' | 'brokers/*' | `brokers/${string}`;

/** A broker for many tenants; it has no prefix of its own. */
export type SharedBroker = Redis;

/** Versions of images, and the file that they come from. */
export interface Images extends Contract, PropsOf<typeof images> {}

const images = props({
  /**
   * By tenant, and by image where a pool or a process has one for itself: a tag (`2.4.1`), a digest (`sha256:…`), or both
   * (`2.4.1@sha256:…`).
   */
  versions: required(each(anyText, version)),

  /**
   * Named in messages; `imagesFrom` fills it in.
   * @default - the versions stand in the environment itself
   */
  file: optional(someText),
});

/** Pods by the labels of their namespace and their own. */
export interface Peer extends Contract, PropsOf<typeof peer> {}

const peer = props({
  /** Labels of their namespace. */
  namespace: required(labelsForm),

  /** Labels of the pods. */
  pods: required(labelsForm),
});

/** Load balancers that reach pods by addresses of their own, such as those with IP targets. */
export interface AddressPeer extends Contract, PropsOf<typeof addressPeer> {}

const addressPeer = props({
  /** Their addresses: the subnets that they stand in, or the ranges that their cloud names. */
  cidrs: required(list(peerCidr, { least: 1 })),
});

/** The way in from outside: pods of a controller, or addresses of load balancers. */
export type IngressPeer = Peer | AddressPeer;

const ingressPeer: Form<IngressPeer> = marked({ cidrs: addressPeer, pods: peer });

export interface Peers extends Contract, PropsOf<typeof peers> {}

const peers = props({
  /**
   * The cluster's DNS.
   * @default - `k8s-app: kube-dns` in `kube-system`
   */
  dns: optional<Peer>(peer),

  /**
   * KEDA's operator, which asks Redis for queue lengths. Without it, scaling by queue length is refused. Its pods have
   * the label `app: keda-operator` whether it was installed from its chart or from its plain YAML; only the chart gives
   * them `app.kubernetes.io/name` as well. Labels that do not fit show as `i/o timeout` in KEDA's log.
   * @see docs/keda.md
   * @default - no KEDA
   */
  keda: optional<Peer>(peer),

  /**
   * The ingress controller or the Gateway's proxies, which reach web and Flower: by their labels, or `{ cidrs }` where
   * load balancers send to the addresses of pods.
   * @default - nobody
   */
  ingress: optional<IngressPeer>(ingressPeer),

  /**
   * Prometheus, which scrapes what has a port named `metrics`.
   * @default - nobody
   */
  prometheus: optional<Peer>(peer),
});

const patchesByFolder = formBy<Readonly<Partial<Record<PatchedFolder, Patches>>>>(
  each(patchedFolder, patches),
);

/** A cluster, as the platform team knows it. */
export interface Environment extends Contract, PropsOf<typeof environment> {}

export const environment = props({
  /** Names the folder in `dist/` and the overlays of tenants: a DNS label. */
  name: required(environmentName),

  /**
   * A cluster that may be thrown away: literal secrets are allowed here and nowhere else.
   * @default false
   */
  disposable: optional(flag, false),

  /** Storage class of every claim that names none. */
  storageClass: required(objectName),

  /** Where Redis passwords come from. */
  secrets: required(secretsForm),

  /**
   * Brokers that tenants share, by name. Each lives in a namespace `broker-<name>`.
   * @default {}
   */
  brokers: optional(each(label, redis), {}),

  /**
   * DNS suffix of the cluster.
   * @default 'cluster.local'
   */
  clusterDomain: optional(clusterDomain, 'cluster.local'),

  /**
   * Zones that pods are spread over.
   * @default [] (spread over nodes only)
   */
  zones: optional(list(someText), []),

  /**
   * The cluster chooses user and group of every pod by its namespace, as OpenShift does: no pod says a number. Pods of the
   * app and of Redis take what they get; they never run as root.
   * @default false
   * @see docs/pods.md
   */
  assignedUsers: optional(flag, false),

  /**
   * Registry put in front of every image that names none.
   * @default - images as written
   */
  registry: optional(registry),

  /**
   * Secrets of type `kubernetes.io/dockerconfigjson` in each namespace.
   * @default []
   */
  imagePullSecrets: optional(list(objectName), []),

  /**
   * When nodes pull images. With `Always`, a disposable environment takes tags that move, such as `main`.
   * @default 'IfNotPresent'
   */
  pullPolicy: optional(oneOf('Always', 'IfNotPresent', 'Never'), 'IfNotPresent'),

  /**
   * Whether sidecars are native ones: Kubernetes 1.29 or newer runs them in `initContainers`, starts them before all else
   * in the pod and ends them after it. Without, they are plain containers, which a Job cannot have: it would never end.
   * @default false
   * @see docs/sidecars.md
   */
  nativeSidecars: optional(flag, false),

  /**
   * Versions of tenants' images here, so that environments move apart: `imagesFrom(__dirname, 'images.yaml')`, a file
   * that a pipeline may write.
   *
   * Every pod that runs the tenant's code takes the version. The tenant then writes its image without one; two
   * versions for one tenant are refused.
   * @default - each tenant's image has its version
   */
  images: optional<Images>(images),

  /**
   * Where the rendered tree lives in Git, for the ApplicationSet and the Flux Kustomizations.
   * @default - no `gitops/` folder
   */
  gitops: optional<GitOps>(gitops),

  /**
   * Who may reach into tenants' namespaces, and where DNS is.
   * @default - DNS in kube-system, nobody else
   */
  peers: optional<Peers>(peers),

  /**
   * The way in from outside for all that has `expose`: `{ kind: 'ingress', class: 'nginx' }`, or a Gateway. It needs
   * `peers.ingress`, to whom policies open.
   * @default - nothing can be exposed
   * @see docs/expose.md
   */
  exposure: optional<Exposure>(exposureForm),

  /**
   * How tenants and brokers are watched: `{ kind: 'operator', namespace: 'monitoring' }` for a Prometheus Operator, or
   * `annotations` for a Prometheus that finds pods by theirs. It needs `peers.prometheus`, to whom policies open.
   * @default - nothing is watched
   * @see docs/observability.md
   */
  monitoring: optional<Monitoring>(monitoringForm),

  /**
   * Version of what Stalk runs inside pods: the Celery loader and the scripts of Redis. Another version rolls the pods
   * that run it, so pin one to take an upgrade of Stalk here first, or tenant by tenant.
   * @default - the newest that this Stalk ships
   * @see docs/runtime.md
   */
  runtime: optional(runtime),

  /**
   * Defaults of this environment, over Stalk's and under each tenant's values.
   * @default {}
   */
  defaults: optional<Layer<Defaults>>(defaultsLayer),

  /**
   * Patches of what is rendered here, by folder of the tree: `platform`, `brokers/<name>`, all of `brokers/*` or
   * all of `tenants/*`.
   *
   * Those of tenants are applied before each tenant's own, and need an object to match in one tenant only. A patch
   * of one tenant belongs to that tenant's overlay.
   * @default {}
   */
  patches: optional(patchesByFolder, {}),
});
