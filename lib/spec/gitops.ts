// Where the rendered tree lies in Git, and how Argo CD and Flux are set up to follow it.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { automatedOr, destination, repo, revision, syncOption } from './rules/form-gitops';
import { metadataAnnotations, metadataLabels } from './rules/form-metadata';
import { treePath } from './rules/form-names';
import { duration, flag, objectName } from './rules/kinds';
import { list } from './rules/shapes';

export interface Automated extends Contract, PropsOf<typeof automated> {}

export const automated = props({
  /**
   * Delete what is no longer in Git. Namespaces, StatefulSets and claims wait for a person either way.
   * @default true
   */
  prune: optional(flag, true),

  /**
   * Undo what was changed in the cluster by hand.
   * @default true
   */
  selfHeal: optional(flag, true),
});

export interface ArgoCd extends Contract, PropsOf<typeof argocd> {}

export const argocd = props({
  /**
   * Namespace of the ApplicationSet, and so of its Applications.
   * @default 'argocd'
   */
  namespace: optional(objectName, 'argocd'),

  /**
   * AppProject of the Applications; it decides which repositories, clusters and kinds they may use.
   * @default 'default'
   */
  project: optional(objectName, 'default'),

  /**
   * Cluster that the Applications go to: by URL of its API server, or by the name that Argo CD has for it.
   * @default { server: 'https://kubernetes.default.svc' } (the cluster that Argo CD runs in)
   */
  destination: optional(destination, { server: 'https://kubernetes.default.svc' }),

  /**
   * Labels of the ApplicationSet and its Applications.
   * @default {}
   */
  labels: optional(metadataLabels, {}),

  /**
   * Annotations of the ApplicationSet and its Applications, such as subscriptions to notifications.
   * @default {}
   */
  annotations: optional(metadataAnnotations, {}),

  /**
   * Sync options, such as `RespectIgnoreDifferences=true`. They come after `ServerSideApply=true` and `PruneLast=true`;
   * an option of the same name takes the place of one of these.
   * @default []
   * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
   */
  syncOptions: optional(list(syncOption), []),

  /**
   * Whether Argo CD syncs by itself, and what it may do then; `false` leaves each sync to a person.
   * @default { prune: true, selfHeal: true }
   */
  automated: optional<false | Automated, false | Required<Automated>>(
    automatedOr<Automated>(automated),
    automated.defaults,
  ),
});

export interface Flux extends Contract, PropsOf<typeof flux> {}

export const flux = props({
  /**
   * Namespace of the GitRepository and the Kustomizations.
   * @default 'flux-system'
   */
  namespace: optional(objectName, 'flux-system'),

  /**
   * Labels of all of them.
   * @default {}
   */
  labels: optional(metadataLabels, {}),

  /**
   * Annotations of all of them.
   * @default {}
   */
  annotations: optional(metadataAnnotations, {}),

  /**
   * How often Flux asks the repository for a new commit.
   * @default '1m'
   */
  interval: optional(duration('10s'), '1m'),

  /**
   * How often Flux compares the cluster with the tree, whether or not there is a new commit.
   * @default '10m'
   */
  reconcile: optional(duration('1m'), '10m'), // drift is rare, and each look costs the API server a dry run of all objects

  /**
   * Name of the Secret with which Flux reads a private repository, in its namespace.
   * @default - the repository is public
   * @see https://fluxcd.io/flux/components/source/gitrepositories/#secret-reference
   */
  secret: optional(objectName),

  /**
   * ServiceAccount that applies the tree, in Flux' namespace; its rights bound what a commit can do.
   * @default - Flux' own
   */
  serviceAccount: optional(objectName),
});

export interface GitOps extends Contract, PropsOf<typeof gitops> {}

export const gitops = props({
  /** URL of the Git repository. */
  repo: required(repo),

  /**
   * What Argo CD and Flux follow: a branch, a tag, or the newest tag of a range of versions such as `1.x`.
   *
   * With a tag per release, production changes when somebody tags, or writes another tag here.
   */
  revision: required(revision),

  /** Folder of this environment's tree, such as `dist/production`. */
  path: required(treePath),

  /**
   * What the ApplicationSet and its Applications say.
   * @default {}
   */
  argocd: optional<ArgoCd>(argocd),

  /**
   * What the GitRepository and the Kustomizations say.
   * @default {}
   */
  flux: optional<Flux>(flux),
});
