// A list is plain data, JSON all the way down: what is none, and where it stands.

import type { Finding } from './finding';
import { classOf, show } from './show';

type Words = Pick<Finding, 'wanted' | 'fix'>;

const GIVEN: Words = {
  wanted: 'be given or left out',
  fix: 'remove it, or export what it imports under that name',
};
const DATA = 'be plain data';

/** By `typeof`: what JSON cannot say. */
const ODD: Readonly<Record<string, Words>> = {
  undefined: GIVEN,
  function: { wanted: DATA, fix: 'write its value, or call it' },
  bigint: { wanted: DATA, fix: 'write a number' },
  symbol: { wanted: DATA, fix: 'write a text' },
};

const GETTER: Words = { wanted: DATA, fix: 'write its value' };
const HOLE: Words = { wanted: 'be given', fix: 'remove the comma before it' };
const NULL: Words = { wanted: 'be given or left out', fix: 'write a value, or remove it' };
const CYCLE: Words = { wanted: 'be a tree', fix: 'leave the inner one out' };
const FINITE: Words = { wanted: 'be a finite number', fix: 'correct the sum that it comes from' };
const UNICODE: Words = { wanted: 'be Unicode text', fix: 'replace half a surrogate pair in it' };

/** By class: what to write instead of an instance. */
const INSTANCES: Readonly<Record<string, string>> = {
  Date: 'write a text in quotes',
  Map: 'write a record: { name: … }',
  Set: 'write a list: [ … ]',
  Promise: 'wait for it at the top of its file, or write its value',
};

/** Half of a pair of code units, which no encoding of Unicode has. */
const HALF = /[\uD800-\uDFFF]/u;

/** All that is not plain data in a tenant or an environment, seen from there. */
export function oddities(tree: unknown): readonly Finding[] {
  const found: Finding[] = [];
  walk({ found, path: [], above: [] }, tree);
  return found;
}

/** Where a walk is: keys and values from the root down to there, and what it found. */
interface Walk {
  readonly found: Finding[];
  readonly path: (string | number)[];
  readonly above: unknown[];
}

function walk(at: Walk, value: unknown): void {
  const { found, path, above } = at;
  const words = oddityOf(value, above);
  if (words !== undefined) {
    found.push({ path: [...path], ...words, got: above.includes(value) ? 'itself' : show(value) });
  } else if (typeof value === 'object' && value !== null) {
    above.push(value);
    if (Array.isArray(value)) walkList(at, value);
    else walkRecord(at, value);
    above.pop();
  }
}

function walkInto(at: Walk, key: string | number, part: unknown): void {
  at.path.push(key);
  walk(at, part);
  at.path.pop();
}

/** A getter is told and never called. */
function walkRecord(at: Walk, record: object): void {
  for (const key of Object.keys(record)) {
    const own = Object.getOwnPropertyDescriptor(record, key);
    const value: unknown = own?.value;
    if (own?.get) at.found.push({ path: [...at.path, key], ...GETTER, got: 'a getter' });
    else walkInto(at, key, value);
  }
}

/** `keys` has the holes that `forEach` skips. */
function walkList(at: Walk, list: readonly unknown[]): void {
  for (const index of list.keys()) {
    if (index in list) walkInto(at, index, list[index]);
    else at.found.push({ path: [...at.path, index], ...HOLE, got: 'a hole' });
  }
}

function oddityOf(value: unknown, above: readonly unknown[]): Words | undefined {
  if (value === null) return NULL;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : FINITE;
  if (typeof value === 'string') return HALF.test(value) ? UNICODE : undefined;
  if (typeof value !== 'object') return ODD[typeof value];
  if (above.includes(value)) return CYCLE;
  const kind = classOf(value);
  return kind === undefined ? undefined : { wanted: DATA, fix: INSTANCES[kind] ?? 'write a record: { … }' };
}
