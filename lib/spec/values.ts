// Values that point elsewhere: environment variables, network destinations, patches.

import type { Json } from './units';

/**
 * Plain text, a key of a Secret, or a fact that Stalk knows. `''` is a value: the variable is set and empty.
 * Plain text that looks like a secret is refused, unless the tenant's `notSecret` names it.
 */
export type EnvValue = string | SecretKey | Derived;

/** One key of a Secret in the tenant's namespace, which somebody else owns. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** A fact about the tenant's Redis, filled in at synth. */
export interface Derived {
  readonly from: DerivedName;
}

/**
 * - `broker.url`, `cache.url`: with user and password, for plain Redis clients (docs/clients.md); a rotation must roll
 *   the pod (`credentialsVersion`)
 * - `broker.celeryUrl`, `results.celeryUrl`: what Celery is given, without a password
 * - the others: one part each
 */
export type DerivedName =
  | 'broker.url'
  | 'broker.celeryUrl'
  | 'broker.host'
  | 'broker.port'
  | 'broker.database'
  | 'broker.prefix'
  | 'results.celeryUrl'
  | 'cache.url'
  | 'cache.host'
  | 'cache.port';

/** Somewhere outside the namespace that the tenant's pods may reach. */
export interface Egress {
  /** `'internet'` is every address but the private ranges, where the cluster and its neighbours live. */
  readonly to: 'internet' | CidrPeer | PodPeer;

  /**
   * TCP ports.
   * @default - all
   */
  readonly ports?: readonly number[];
}

export interface CidrPeer {
  readonly cidr: string;

  /**
   * Parts of it that stay closed.
   * @default []
   */
  readonly except?: readonly string[];
}

export interface PodPeer {
  /** Labels of the pods. */
  readonly pods: Readonly<Record<string, string>>;

  /** Name of their namespace. */
  readonly namespace: string;
}

/**
 * JSON Patches by the objects they change: `{ 'Deployment/worker-default': [{ op: 'add', … }] }`.
 *
 * A star stands for any letters of the kind or of the name: `Deployment/*`, `Deployment/worker-*`. A patch must match
 * something, and apply to all that it matches.
 */
export type Patches = Readonly<Record<`${string}/${string}`, readonly Operation[]>>;

/**
 * One step of an RFC 6902 patch; kind and name of an object cannot be changed.
 *
 * Labels and annotations are everybody's: `add` makes the map where there is none, and a whole map is laid over the
 * one that is there. What Stalk wrote stays.
 */
export type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };
