// A list is plain data, JSON all the way down: what is none, and where it stands.

import type { Finding, Path } from './finding';
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
const NULL: Words = { wanted: 'be given or left out', fix: 'leave it out' };
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
export const oddities = (tree: unknown): readonly Finding[] => walk(tree, [], []);

function walk(value: unknown, path: Path, above: readonly unknown[]): readonly Finding[] {
  const words = oddityOf(value, above);
  if (words !== undefined) return [{ path, ...words, got: above.includes(value) ? 'itself' : show(value) }];
  if (Array.isArray(value)) return entriesOf(value, path, [...above, value]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([key, property]) => {
    if (property.enumerable !== true) return [];
    const at = [...path, key];
    return 'get' in property
      ? [{ path: at, ...GETTER, got: 'a getter' }]
      : walk(property.value, at, [...above, value]);
  });
}

/** `Array.from` sees the holes that `flatMap` skips. */
function entriesOf(list: readonly unknown[], path: Path, above: readonly unknown[]): readonly Finding[] {
  return Array.from(list, (entry, index) =>
    index in list
      ? walk(entry, [...path, index], above)
      : [{ path: [...path, index], ...HOLE, got: 'a hole' }],
  ).flat();
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
