// Shapes made of kinds: lists, records of known props, records by name.

import { nearest } from '../nearest';
import { show } from './finding';
import type { Finding } from './finding';
import { NOTHING } from './kind';
import type { Kind } from './kind';
import { propHint } from './prop-hints';

export const when =
  (test: (value: unknown) => boolean, then: Kind, otherwise: Kind): Kind =>
  (value) =>
    (test(value) ? then : otherwise)(value);

export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

export const all =
  (...kinds: readonly Kind[]): Kind =>
  (value) =>
    kinds.flatMap((kind) => kind(value));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNot = (value: unknown, wanted: string, fix: string): readonly Finding[] => [
  { path: [], wanted, got: show(value), fix },
];

/** The findings of a part, seen from its whole. */
const under = (key: string | number, found: readonly Finding[]): readonly Finding[] =>
  found.length === 0 ? NOTHING : found.map((finding) => ({ ...finding, path: [key, ...finding.path] }));

/** One prop of a record, whatever the others are. */
export const prop =
  (key: string, kind: Kind): Kind =>
  (value) =>
    under(key, kind(isRecord(value) ? value[key] : undefined));

/** Nearly always one of the two is empty, a thousand tenants long. */
const both = (one: readonly Finding[], other: readonly Finding[]): readonly Finding[] => {
  if (other.length === 0) return one;
  return one.length === 0 ? other : [...one, ...other];
};

interface ListProps {
  /** Fewest entries. */
  readonly least?: 0 | 1;
  /** Whether an entry may stand in it twice. */
  readonly repeats?: boolean;
  /** What to do instead of an empty list. */
  readonly empty?: string;
}

/** A list of one kind, with at least `least` entries, none twice unless `repeats`. */
export const list =
  (kind: Kind, { least = 0, repeats = false, empty = 'name one in [ ]' }: ListProps = {}): Kind =>
  (value) => {
    if (!Array.isArray(value) || value.length < least)
      return isNot(value, least === 0 ? 'be a list' : 'list at least one', listFix(value, empty));
    const found = value.flatMap((entry, index) => under(index, kind(entry)));
    return repeats || value.length < 2 ? found : both(found, twice(value));
  };

function listFix(value: unknown, empty: string): string {
  if (typeof value === 'string' && /\S/.test(value)) return `write ${show(value.trim().split(/[\s,]+/))}`;
  return Array.isArray(value) ? empty : 'write them in [ ]';
}

function twice(entries: readonly unknown[]): readonly Finding[] {
  if (new Set(entries).size === entries.length) return NOTHING;
  return entries.flatMap((entry, index) =>
    entries.indexOf(entry) === index
      ? []
      : [{ path: [index], wanted: 'stand in the list once', got: `${show(entry)} again`, fix: 'remove it' }],
  );
}

/** A record by names that the author chooses. */
export const each =
  (name: Kind, kind: Kind): Kind =>
  (value) => {
    if (!isRecord(value)) return isNot(value, 'be a record by name', 'write it like { name: … }');
    let found = NOTHING;
    for (const key in value)
      if (value[key] !== undefined) found = both(found, under(key, both(name(key), kind(value[key]))));
    return found;
  };

/** A record of known props: one kind for every prop of `T`, so that a new prop does not compile without one. */
export const record =
  <T>(props: { readonly [K in keyof Required<T>]: Kind }, ...required: readonly (keyof T & string)[]): Kind =>
  (value) => {
    if (!isRecord(value)) return isNot(value, 'be a record', recordFix(required));
    let found = NOTHING;
    for (const key of required)
      if (value[key] === undefined) found = both(found, under(key, props[key](undefined)));
    for (const key in value) {
      if (value[key] === undefined) continue;
      const more = Object.hasOwn(props, key)
        ? props[key as keyof T](value[key])
        : unknownProp(key, Object.keys(props), value[key]);
      found = both(found, under(key, more));
    }
    return found;
  };

const recordFix = (required: readonly string[]): string =>
  required.length === 0 ? 'write { … }' : `write { ${required.map((name) => `${name}: …`).join(', ')} }`;

function unknownProp(key: string, known: readonly string[], value: unknown): readonly Finding[] {
  const near = nearest(key, known) ?? known.find((name) => name.startsWith(key.slice(0, 4)));
  const fix =
    propHint(key, known) ?? (near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`);
  return isNot(value, 'be a known prop', fix);
}
