// One cluster's facts, and what every tenant in it shares.

import type { Redis } from './redis';
import type { GitOps } from './gitops';
import type { Layer } from './layers';
import type { Defaults } from './defaults';
import type { Runtime } from './runtimes';
import type { Patches } from './values';

/** A cluster, as the platform team knows it. */
export interface Environment {
  /** Names the folder in `dist/` and the overlays of tenants: a DNS label. */
  readonly name: string;

  /**
   * A cluster that may be thrown away: literal secrets are allowed here and nowhere else.
   * @default false
   */
  readonly disposable?: boolean;

  /** Storage class of every claim that names none. */
  readonly storageClass: string;

  /** Where Redis passwords come from. */
  readonly secrets: Secrets;

  /**
   * Brokers that tenants share, by name. Each lives in a namespace `broker-<name>`.
   * @default {}
   */
  readonly brokers?: Readonly<Record<string, SharedBroker>>;

  /**
   * DNS suffix of the cluster.
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;

  /**
   * Zones that pods are spread over.
   * @default [] (spread over nodes only)
   */
  readonly zones?: readonly string[];

  /**
   * Registry put in front of every image that names none.
   * @default - images as written
   */
  readonly registry?: string;

  /**
   * Secrets of type `kubernetes.io/dockerconfigjson` in each namespace.
   * @default []
   */
  readonly imagePullSecrets?: readonly string[];

  /**
   * When nodes pull images. With `Always`, a disposable environment takes tags that move, such as `main`.
   * @default 'IfNotPresent'
   */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';

  /**
   * Versions of tenants' images here, so that environments move apart: `imagesFrom(__dirname, 'images.yaml')`, a file
   * that a pipeline may write.
   *
   * Every pod that runs the tenant's code takes the version. The tenant then writes its image without one; two
   * versions for one tenant are refused.
   * @default - each tenant's image has its version
   */
  readonly images?: Images;

  /**
   * Where the rendered tree lives in Git, for the ApplicationSet and the Flux Kustomizations.
   * @default - no `gitops/` folder
   */
  readonly gitops?: GitOps;

  /**
   * Who may reach into tenants' namespaces, and where DNS is.
   * @default - DNS in kube-system, nobody else
   */
  readonly peers?: Peers;

  /**
   * Version of what Stalk runs inside pods: the Celery loader and the scripts of Redis. Another version rolls the pods
   * that run it, so pin one to take an upgrade of Stalk here first, or tenant by tenant.
   * @default - the newest that this Stalk ships
   * @see docs/runtime.md
   */
  readonly runtime?: Runtime;

  /**
   * Defaults of this environment, over Stalk's and under each tenant's values.
   * @default {}
   */
  readonly defaults?: Layer<Defaults>;

  /**
   * Patches of what is rendered here, by folder of the tree: `platform`, `brokers/<name>`, all of `brokers/*` or
   * all of `tenants/*`.
   *
   * Those of tenants are applied before each tenant's own, and need an object to match in one tenant only. A patch
   * of one tenant belongs to that tenant's overlay.
   * @default {}
   */
  readonly patches?: Readonly<Partial<Record<PatchedFolder, Patches>>>;
}

/** Folders of an environment's tree that it may patch. */
export type PatchedFolder = 'platform' | 'tenants/*' | 'brokers/*' | `brokers/${string}`;

/** A broker for many tenants; it has no prefix of its own. */
export type SharedBroker = Redis;

export type Secrets = LiteralSecrets | ExistingSecrets | ExternalSecretsStore | PulumiSecrets;

/** Passwords derived from names, in plain sight: only where the environment is `disposable`. */
export interface LiteralSecrets {
  readonly strategy: 'literal';
}

/** Secrets that somebody else puts there: `redis-users` beside a broker, `redis-credentials` beside its tenants. */
export interface ExistingSecrets {
  readonly strategy: 'existing';
}

/** External Secrets Operator reads one store for both sides. */
export interface ExternalSecretsStore {
  readonly strategy: 'externalSecrets';

  /** Name of a ClusterSecretStore. */
  readonly store: string;

  /** Path in it; `<path>/brokers/<broker>` holds one property for each Redis user, `<user>.next` in a rotation. */
  readonly path: string;

  /**
   * Let the operator make up the passwords of dedicated brokers, once.
   * @default false (they are read from the store as well)
   */
  readonly generate?: boolean;
}

/** Passwords from Pulumi's stack configuration; the charts hold references only. */
export interface PulumiSecrets {
  readonly strategy: 'pulumi';
}

/** Versions of images, and the file that they come from. */
export interface Images {
  /** By tenant: a tag (`2.4.1`), a digest (`sha256:…`), or both (`2.4.1@sha256:…`). */
  readonly versions: Readonly<Record<string, string>>;

  /**
   * Named in messages; `imagesFrom` fills it in.
   * @default - the versions stand in the environment itself
   */
  readonly file?: string;
}

/** Pods by the labels of their namespace and their own. */
export interface Peer {
  readonly namespace: Readonly<Record<string, string>>;
  readonly pods: Readonly<Record<string, string>>;
}

export interface Peers {
  /**
   * The cluster's DNS.
   * @default - `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: Peer;

  /**
   * KEDA's operator, which asks Redis for queue lengths. Without it, scaling by queue length is refused. Its pods have
   * the label `app: keda-operator` whether it was installed from its chart or from its plain YAML; only the chart gives
   * them `app.kubernetes.io/name` as well. Labels that do not fit show as `i/o timeout` in KEDA's log.
   * @default - no KEDA
   * @see docs/keda.md
   */
  readonly keda?: Peer;

  /**
   * The ingress controller, which reaches web and Flower.
   * @default - nobody
   */
  readonly ingress?: Peer;

  /**
   * Prometheus, which scrapes what has a port named `metrics`.
   * @default - nobody
   */
  readonly prometheus?: Peer;
}
