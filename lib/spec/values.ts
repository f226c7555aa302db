// Values that point elsewhere: environment variables, network destinations, patches.

import { isRecord } from '../kube/json';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { cidr, internet, isNamed, notADestination } from './rules/form-egress';
import { isKeyOfSecret, notAVariable, variable } from './rules/form-env';
import { labelsForm } from './rules/form-labels';
import { formBy, hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { anyText, objectName, oneOf, port, text } from './rules/kinds';
import { each, has, list, when } from './rules/shapes';
import { show } from './rules/show';
import type { Json } from './units';

export const keyName = text(/^[-._a-zA-Z0-9]+$/, {
  wanted: 'be a key of a Secret',
  fix: 'use letters, digits, -, _ and .',
});

/** One key of a Secret in the tenant's namespace, which somebody else owns. */
export interface SecretKey extends Contract, PropsOf<typeof secretKey> {}

export const secretKey = props({
  /** Name of the Secret. */
  secret: required(objectName),

  /** Key in it. */
  key: required(keyName),
});

/** A fact about the tenant's Redis, filled in at synth. */
export interface Derived extends Contract, PropsOf<typeof derived> {}

const derived = props({
  /**
   * - `broker.url`, `cache.url`: with user and password, for plain Redis clients (docs/clients.md); a rotation must roll
   *   the pod (`credentialsVersion`)
   * - `broker.password`, `cache.password`: for an app that builds the URL itself; of the same user as `broker.user`, with
   *   which a process logs in: web and migrations have another one than workers. Never rendered, read from the Secret
   * - `broker.celeryUrl`, `results.celeryUrl`: what Celery is given, without a password
   * - the others: one part each
   */
  from: required(
    oneOf(
      'broker.url',
      'broker.celeryUrl',
      'broker.host',
      'broker.port',
      'broker.database',
      'broker.user',
      'broker.password',
      'broker.prefix',
      'results.celeryUrl',
      'cache.url',
      'cache.host',
      'cache.port',
      'cache.database',
      'cache.user',
      'cache.password',
    ),
  ),
});

export type DerivedName = Derived['from'];

/**
 * Plain text, a key of a Secret, or a fact that Stalk knows. `''` is a value: the variable is set and empty.
 * Plain text that looks like a secret is refused, unless the tenant's `notSecret` names it.
 */
export type EnvValue = string | SecretKey | Derived;

const envValue: Form<EnvValue> = formBy(
  when(
    (value) => typeof value === 'string',
    anyText,
    when(has('from'), derived, when(isKeyOfSecret, secretKey, notAVariable)),
  ),
  // A reference of one kind takes the place of the other
  { kind: 'marked', byMark: { from: derived, secret: secretKey } },
  { kind: 'either', forms: [anyText, derived, secretKey] },
);

/** Environment variables by name. */
export const env: Form<Readonly<Record<string, EnvValue>>> = hinted(each(variable, envValue), (value) =>
  Array.isArray(value) ? "write a record: { NAME: 'value' }" : undefined,
);

export interface CidrPeer extends Contract, PropsOf<typeof cidrPeer> {}

const cidrPeer = props({
  /** Addresses, with the length of their prefix. */
  cidr: required(cidr),

  /**
   * Parts of it that stay closed.
   * @default []
   */
  except: optional(list(cidr)),
});

export interface PodPeer extends Contract, PropsOf<typeof podPeer> {}

const podPeer = props({
  /** Labels of the pods. */
  pods: required(labelsForm),

  /** Name of their namespace. */
  namespace: required(objectName),
});

export const egressDestination: Form<'internet' | CidrPeer | PodPeer> = when(
  has('cidr'),
  cidrPeer,
  when(isRecord, when(isNamed, notADestination, podPeer), internet),
);

/** RFC 1918, link-local with the cloud's metadata service, carrier-grade NAT: the cluster and its neighbours. */
export const PRIVATE_RANGES = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
] as const;

/** Somewhere outside the namespace that the tenant's pods may reach. */
export interface Egress extends Contract, PropsOf<typeof egress> {}

const egress = props({
  /** `'internet'` is every address but the private ranges, where the cluster and its neighbours live. */
  to: required(egressDestination),

  /**
   * TCP ports.
   * @default - all
   */
  ports: optional(formBy<readonly number[]>(list(port, { least: 1, empty: 'leave it out to open all' }))),
});

/** All that a tenant's pods may reach. */
export const egresses = hinted(
  list(
    hinted<Egress>(egress, (value) =>
      typeof value === 'string' ? `write { to: ${show(value)} }` : undefined,
    ),
  ),
  (value) => (Array.isArray(value) ? undefined : 'write a list: [{ to: … }]'),
);

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
