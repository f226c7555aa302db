// Forms made of forms: lists, records of known props, records by name, and values of several forms.

import { isRecord } from '../../kube/json';
import { nearest } from '../nearest';
import { show } from './finding';
import type { Finding } from './finding';
import { formBy, NOTHING, textOf } from './kind';
import type { AnyForm, Find, Form } from './kind';
import { propHint } from './prop-hints';

export const when = <A, B>(
  test: (value: unknown) => boolean,
  then: Form<A>,
  otherwise: Form<B>,
): Form<A | B> =>
  formBy((value) => (test(value) ? then : otherwise)(value), undefined, {
    kind: 'either',
    forms: [then, otherwise],
  });

/** Each of the forms in a record, by a name for it. */
type TypeOf<F> = F extends Form<infer T> ? T : never;

/**
 * Records told apart by a prop that only one of them has: `{ every: …, cron: … }`. One without any of these is told as
 * the last; laid over a record it changes that one.
 */
export const marked = <F extends Readonly<Record<string, AnyForm>>>(
  byMark: { readonly [K in keyof F]: F[K] },
  markOf: (value: unknown) => string | undefined = (value) =>
    Object.keys(byMark).find((mark) => has(mark)(value)),
): Form<TypeOf<F[keyof F]>> => {
  const forms: Readonly<Record<string, AnyForm>> = byMark;
  const last = Object.keys(forms).at(-1) ?? '';
  return formBy((value) => (forms[markOf(value) ?? last] ?? anyValue)(value), {
    kind: 'marked',
    byMark: forms,
  });
};

const anyValue: Find = () => NOTHING;

/** Records told apart by the value of one prop: `{ topology: 'standalone', … }`. */
export const named = <F extends Readonly<Record<string, AnyForm>>>(
  key: string,
  byName: { readonly [K in keyof F]: F[K] },
  otherwise: Find,
): Form<TypeOf<F[keyof F]>> => {
  const forms: Readonly<Record<string, AnyForm>> = byName;
  return formBy(
    (value) => {
      const name = isRecord(value) ? textOf(value[key]) : '';
      const found = ((Object.hasOwn(forms, name) ? forms[name] : undefined) ?? otherwise)(value);
      const isAboutIt = isRecord(value) || value === undefined || found.some(({ path }) => path.length === 0);
      return isAboutIt ? found : isNot(value, 'be a record', recordFix([key]));
    },
    { kind: 'named', key, byName: forms },
  );
};

/** The form of a discriminant, in the record of one of its values. */
export const only = <T extends string, const V extends T>(value: V, form: Form<T>): Form<V> =>
  formBy(form, undefined, { kind: 'value', value: { const: value } });

export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

/** The first form, and what else must hold. */
export const all = <T>(form: Form<T>, ...more: readonly Find[]): Form<T> =>
  formBy((value) => [form, ...more].flatMap((find) => find(value)), form.shape, form.schema);

const isNot = (value: unknown, wanted: string, fix: string): readonly Finding[] => [
  { path: [], wanted, got: show(value), fix },
];

/** The findings of a part, seen from its whole. */
const under = (key: string | number, found: readonly Finding[]): readonly Finding[] =>
  found.length === 0 ? NOTHING : found.map((finding) => ({ ...finding, path: [key, ...finding.path] }));

/** One prop of a record, whatever the others are. */
export const prop =
  (key: string, find: Find): Find =>
  (value) =>
    under(key, find(isRecord(value) ? value[key] : undefined));

/** Nearly always one of the two is empty, a thousand tenants long. */
const joined = (one: readonly Finding[], other: readonly Finding[]): readonly Finding[] => {
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

/** A list of one form, with at least `least` entries, none twice unless `repeats`. */
export function list<T>(entry: Form<T>, props: ListProps & { readonly least: 1 }): Form<readonly [T, ...T[]]>;
export function list<T>(entry: Form<T>, props?: ListProps): Form<readonly T[]>;
export function list<T>(
  entry: Form<T>,
  { least = 0, repeats = false, empty = 'name one in [ ]' }: ListProps = {},
): Form<readonly T[]> | Form<readonly [T, ...T[]]> {
  return formBy(
    (value) => {
      if (!Array.isArray(value) || value.length < least)
        return isNot(value, least === 0 ? 'be a list' : 'list at least one', listFix(value, empty));
      const found = value.flatMap((one, index) => under(index, entry(one)));
      return repeats || value.length < 2 ? found : joined(found, twice(value));
    },
    undefined,
    { kind: 'list', entry, least, repeats },
  );
}

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
export const each = <T>(name: AnyForm, entry: Form<T>): Form<Readonly<Record<string, T>>> =>
  formBy(
    (value) => {
      if (!isRecord(value)) return isNot(value, 'be a record by name', 'write it like { name: … }');
      let found = NOTHING;
      for (const key in value)
        if (value[key] !== undefined) found = joined(found, under(key, joined(name(key), entry(value[key]))));
      return found;
    },
    { kind: 'names', name, entry },
  );

/** A value, or `false` where one of the same name elsewhere is not wanted here. */
export const removable = <T>(form: Form<T>): Form<T | false> =>
  formBy(
    (value) => (value === false ? NOTHING : form(value)),
    { kind: 'removable', of: form },
    { kind: 'either', forms: [form, FALSE] },
  );

const FALSE = formBy<false>(() => NOTHING, undefined, { kind: 'value', value: { const: false } });

/** One form for every prop of `T`, of exactly its type: a new prop does not compile without one, nor a new value of a union. */
export type Forms<T> = { readonly [K in keyof Required<T>]: Form<Required<T>[K]> };

/** A record of known props. */
export const record = <T>(props: Forms<T>, ...required: readonly (keyof T & string)[]): Form<T> =>
  recordOf(props, ...required);

/** The same where its type says less than its forms: what defaults hold, and half of a size. */
export const recordOf = <T>(
  props: Readonly<Record<string, AnyForm>>,
  ...required: readonly string[]
): Form<T> =>
  formBy(
    (value) => {
      if (!isRecord(value)) return isNot(value, 'be a record', recordFix(required));
      let found = NOTHING;
      for (const key of required)
        if (value[key] === undefined) found = joined(found, under(key, (props[key] ?? anyValue)(undefined)));
      for (const key in value) {
        if (value[key] === undefined) continue;
        const more = Object.hasOwn(props, key)
          ? (props[key] ?? anyValue)(value[key])
          : unknownProp(key, Object.keys(props), value[key]);
        found = joined(found, under(key, more));
      }
      return found;
    },
    { kind: 'props', props, required },
  );

const recordFix = (required: readonly string[]): string =>
  required.length === 0 ? 'write { … }' : `write { ${required.map((name) => `${name}: …`).join(', ')} }`;

function unknownProp(key: string, known: readonly string[], value: unknown): readonly Finding[] {
  const near = nearest(key, known) ?? known.find((name) => name.startsWith(key.slice(0, 4)));
  const fix =
    propHint(key, known) ?? (near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`);
  return isNot(value, 'be a known prop', fix);
}
