// What a law is, and the few words that all of them use.

import { step } from './words';
import type { Base } from './kinds';
import type { LeafView } from './leaf';
import type { EnvVar, LabelSelector, Texts } from './pods';

/** One thing that breaks a law. */
export interface Breach {
  /** `Deployment/worker-default`. */
  readonly object: string;
  /** Path, wanted, got, fix. */
  readonly text: string;
}

/** What has to hold in every leaf. */
export interface Law {
  /** A sentence that is true of every good leaf. */
  readonly name: string;
  readonly check: (leaf: LeafView) => readonly Breach[];
}

/** All leaves of one environment. */
export interface ClusterView {
  readonly environment: string;
  readonly peers: LeafView['peers'];
  readonly leaves: readonly LeafView[];
}

export interface ClusterBreach extends Breach {
  readonly folder: string;
}

/** What has to hold between the leaves of one environment. */
export interface ClusterLaw {
  readonly name: string;
  readonly check: (cluster: ClusterView) => readonly ClusterBreach[];
}

/** A breach by an object, unless the law holds; `rest` follows the object's name. */
export const breachUnless = (holds: boolean, object: string, rest: string): Breach[] =>
  holds ? [] : [{ object, text: `${object}${rest}` }];

/** The same about an object of one leaf among many. */
export const unlessIn = (
  holds: boolean,
  { folder }: Pick<LeafView, 'folder'>,
  object: string,
  rest: string,
): ClusterBreach[] => breachUnless(holds, object, rest).map((finding) => ({ ...finding, folder }));

/** Whether labels hold all those of a plain selector. */
export const matches = (selector: Texts | undefined, labels: Texts): boolean =>
  Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);

/** Whether a selector takes in an object with these labels; an empty one takes in everything. */
export const selects = (selector: LabelSelector | undefined, labels: Texts): boolean =>
  matches(selector?.matchLabels, labels) &&
  (selector?.matchExpressions ?? []).every(({ key = '', operator, values = [] }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const among = value !== undefined && values.includes(value);
    return operator === 'NotIn' ? !among : among;
  });

/** Every value of a tree, with its path as `jq` writes it. */
export function walk(node: unknown, visit: (value: unknown, path: string) => void, path = ''): void {
  visit(node, path);
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node))
    walk(value, visit, Array.isArray(node) ? `${path}[${key}]` : `${path}${step(key)}`);
}

/** What a walk through an object finds. */
export function collect(
  { id, raw }: Pick<Base, 'id' | 'raw'>,
  pick: (value: unknown, path: string) => string | undefined,
): Breach[] {
  const found: Breach[] = [];
  walk(raw, (value, path) => {
    const rest = pick(value, path);
    if (rest !== undefined) found.push({ object: id, text: `${id}${path}${rest}` });
  });
  return found;
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number behind a quantity: cores, bytes, pieces. Not the parser of lib/spec, which is judged by it. */
export function amount(quantity: string | number | undefined): number {
  const [, digits, unit = ''] =
    /^([\d.]+(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(quantity)) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (unit === '' ? 1 : (UNITS[unit] ?? Number.NaN));
}

export const envOf = (container: { readonly env?: readonly EnvVar[] }, name: string): EnvVar | undefined =>
  container.env?.find((variable) => variable.name === name);

/** The value of `--name=value` in a command. */
export const option = (command: readonly string[] | undefined, name: string): string | undefined =>
  command?.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

/** A URL, where the text is one. */
export const urlOf = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
