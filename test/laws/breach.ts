// A breach: one change to good objects that a law has to see.

import type { JudgedLeaf } from '../../lib/laws';
import type { Json, Manifest, Synth } from '../support/synth';

/** What is spoilt: parsed JSON that any test may change. */
export interface SpoiltLeaf extends Omit<JudgedLeaf, 'manifests'> {
  manifests: Manifest[];
}

export interface Breach {
  /** Completes "fails when …". */
  readonly when: string;
  /** `production/tenants/paless`. */
  readonly leaf: string;
  readonly spoil: (objects: Synth, leaf: SpoiltLeaf) => void;
  /** What the law says then. */
  readonly says: readonly string[];
}

export interface ClusterBreach {
  readonly when: string;
  readonly cluster: string;
  /** `of('tenants/paless')` gives the objects of a leaf. */
  readonly spoil: (of: (folder: string) => Synth) => void;
  /** The same, behind the folder of the leaf. */
  readonly says: readonly string[];
}

/** By the name of the law. */
export type Breaches = Readonly<Record<string, readonly Breach[]>>;
export type ClusterBreaches = Readonly<Record<string, readonly ClusterBreach[]>>;

export const envOf = (container: Json, name: string): Json =>
  container.env?.find((variable: Json) => variable.name === name);

export const beatPod = ({ byKind }: Synth): Json => byKind('Deployment', 'beat').spec.template.spec;

/** Changes the rules or the users of a broker; fails where the text is not there. */
export function replaceInRules({ byKind }: Synth, key: 'roles' | 'users', from: string, to: string): void {
  const { data } = byKind('ConfigMap', 'redis-rules');
  const changed = data[key].replace(from, to);
  if (changed === data[key]) throw new Error(`redis-rules.data.${key} has no "${from}"`);
  data[key] = changed;
}

/** Adds to the rules of the users of one role and ending. */
export function addToRole(objects: Synth, role: string, rules: string): void {
  const text: string = objects.byKind('ConfigMap', 'redis-rules').data.roles;
  const line = text.split('\n').find((one) => one.startsWith(`${role} `)) ?? role;
  replaceInRules(objects, 'roles', line, `${line}${rules}`);
}
