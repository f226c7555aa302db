// Where the rendered tree lies in Git, and how Argo CD and Flux are set up to follow it.

import type { Duration } from './units';

export interface GitOps {
  /** URL of the Git repository. */
  readonly repo: string;

  /**
   * What Argo CD and Flux follow: a branch, a tag, or the newest tag of a range of versions such as `1.x`.
   *
   * With a tag per release, production changes when somebody tags, or writes another tag here.
   */
  readonly revision: string | { readonly tag: string } | { readonly semver: string };

  /** Folder of this environment's tree, such as `dist/production`. */
  readonly path: string;

  /**
   * What the ApplicationSet and its Applications say.
   * @default {}
   */
  readonly argocd?: ArgoCd;

  /**
   * What the GitRepository and the Kustomizations say.
   * @default {}
   */
  readonly flux?: Flux;
}

export interface ArgoCd {
  /**
   * Namespace of the ApplicationSet, and so of its Applications.
   * @default 'argocd'
   */
  readonly namespace?: string;

  /**
   * AppProject of the Applications; it decides which repositories, clusters and kinds they may use.
   * @default 'default'
   */
  readonly project?: string;

  /**
   * Cluster that the Applications go to: by URL of its API server, or by the name that Argo CD has for it.
   * @default { server: 'https://kubernetes.default.svc' } (the cluster that Argo CD runs in)
   */
  readonly destination?: { readonly server: string } | { readonly name: string };

  /**
   * Labels of the ApplicationSet and its Applications.
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Annotations of the ApplicationSet and its Applications, such as subscriptions to notifications.
   * @default {}
   */
  readonly annotations?: Readonly<Record<string, string>>;

  /**
   * Sync options, such as `RespectIgnoreDifferences=true`. They come after `ServerSideApply=true` and `PruneLast=true`;
   * an option of the same name takes the place of one of these.
   * @default []
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
   */
  readonly syncOptions?: readonly string[];

  /**
   * Whether Argo CD syncs by itself, and what it may do then; `false` leaves each sync to a person.
   * @default { prune: true, selfHeal: true }
   */
  readonly automated?: false | Automated;
}

export interface Automated {
  /**
   * Delete what is no longer in Git. Namespaces, StatefulSets and claims wait for a person either way.
   * @default true
   */
  readonly prune?: boolean;

  /**
   * Undo what was changed in the cluster by hand.
   * @default true
   */
  readonly selfHeal?: boolean;
}

export interface Flux {
  /**
   * Namespace of the GitRepository and the Kustomizations.
   * @default 'flux-system'
   */
  readonly namespace?: string;

  /**
   * Labels of all of them.
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Annotations of all of them.
   * @default {}
   */
  readonly annotations?: Readonly<Record<string, string>>;

  /**
   * How often Flux asks the repository for a new commit.
   * @default '1m'
   */
  readonly interval?: Duration;

  /**
   * How often Flux compares the cluster with the tree, whether or not there is a new commit.
   * @default '10m'
   */
  readonly reconcile?: Duration;

  /**
   * Name of the Secret with which Flux reads a private repository, in its namespace.
   * @default - the repository is public
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference
   */
  readonly secret?: string;

  /**
   * ServiceAccount that applies the tree, in Flux' namespace; its rights bound what a commit can do.
   * @default - Flux' own
   */
  readonly serviceAccount?: string;
}
