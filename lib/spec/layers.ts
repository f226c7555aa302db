// One value laid over another, as their form says: the only way in which a value overrides a value.

import type { AnyForm, Shape, AnyRecord } from './rules/kind';

type Scalar = string | number | boolean | undefined;

/** A partial `T` at every depth; `false` removes a record that may be absent. */
export type Layer<T> = T extends Scalar | readonly unknown[]
  ? T
  : { readonly [K in keyof T]?: Layer<T[K]> | Removal<T, K> };

type Removal<T, K extends keyof T> = string extends K
  ? false
  : undefined extends T[K]
    ? Extract<T[K], object> extends never
      ? never
      : false
    : never;

const isRecord = (value: unknown): value is AnyRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `above` laid over `below`, led by their form: records merge, lists replace, `false` removes. */
export function merge(form: AnyForm | undefined, below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isRecord(above)) return above;
  const shape = form?.shape;
  return shape === undefined
    ? merged(below, above, () => form)
    : SHAPED[shape.kind](shape as never, below, above);
}

type Laid = (shape: never, below: unknown, above: AnyRecord) => AnyRecord;
type Of<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>;

/** By the shape of their form, how a record is laid over what is there. */
const SHAPED: Readonly<Record<Shape['kind'], Laid>> = {
  props: ({ props }: Of<'props'>, below, above) => merged(below, above, (key) => own(props, key)),
  names: ({ entry }: Of<'names'>, below, above) => merged(below, above, () => entry),
  marked: overMarked,
  named: overNamed,
  apart: overApart,
  spread: ({ parts, spread }: Of<'spread'>, below, above) =>
    merge(parts, below === undefined || isRecord(below) ? below : spread(below), above) as AnyRecord,
  data: (_: never, below, above) => merged(below, above, () => DATA),
  flag: (_: never, _below, above) => above,
  removable: ({ of }: Of<'removable'>, below, above) => merge(of, below, above) as AnyRecord,
};

const DATA: AnyForm = Object.assign(() => [], { shape: { kind: 'data' } as const });

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const markIn = (marks: Readonly<Record<string, AnyForm>>, value: unknown): string | undefined =>
  isRecord(value) ? Object.keys(marks).find((mark) => value[mark] !== undefined) : undefined;

/** An entry of another kind keeps what both kinds have, such as the task of a schedule. */
function overMarked({ byMark }: Of<'marked'>, below: unknown, above: AnyRecord): AnyRecord {
  const [before, after] = [markIn(byMark, below), markIn(byMark, above)];
  const form = own(byMark, after ?? before ?? String(Object.keys(byMark).at(-1)));
  const known = form?.shape?.kind === 'props' ? form.shape.props : {};
  const changes = after !== undefined && before !== after && isRecord(below);
  const kept = changes
    ? Object.fromEntries(Object.entries(below).filter(([key]) => mayStay(own(known, key))))
    : below;
  return merge(form, kept, above) as AnyRecord;
}

/** What both kinds have; a prop that only says that it is of the other kind is none. */
const mayStay = (form: AnyForm | undefined): boolean => form !== undefined && form.schema?.kind !== 'never';

function overNamed({ key, byName }: Of<'named'>, below: unknown, above: AnyRecord): AnyRecord {
  const before = isRecord(below) ? below[key] : undefined;
  const name = above[key] ?? before;
  const form = typeof name === 'string' ? own(byName, name) : undefined;
  return merged(name === before ? below : undefined, above, propsOf(form));
}

/** Whatever names another broker begins anew; a change without a name is one of what is there. */
function overApart({ mark, marked, other }: Of<'apart'>, below: unknown, above: AnyRecord): AnyRecord {
  const key = other.shape?.kind === 'named' ? other.shape.key : '';
  const before = isRecord(below) ? below : {};
  const isMarked = above[mark] !== undefined || (above[key] === undefined && before[mark] !== undefined);
  const isSame = isMarked ? (above[mark] ?? before[mark]) === before[mark] : before[mark] === undefined;
  return merge(isMarked ? marked : other, isSame ? below : undefined, above) as AnyRecord;
}

const propsOf =
  (form: AnyForm | undefined) =>
  (key: string): AnyForm | undefined =>
    form?.shape?.kind === 'props' ? own(form.shape.props, key) : undefined;

function merged(below: unknown, above: AnyRecord, formOf: (key: string) => AnyForm | undefined): AnyRecord {
  const laid: Record<string, unknown> = isRecord(below) ? { ...below } : {};
  for (const key in above) {
    const form = formOf(key);
    if (above[key] === false && !keepsFalse(form)) delete laid[key];
    else laid[key] = merge(form, laid[key], above[key]);
  }
  return laid;
}

/** Elsewhere `false` takes away what may be absent. */
const keepsFalse = (form: AnyForm | undefined): boolean =>
  form?.shape !== undefined && SAYS_FALSE.has(form.shape.kind);

const SAYS_FALSE: ReadonlySet<Shape['kind']> = new Set(['flag', 'data', 'removable']);

/** The value at a dotted path as an author types it, or undefined. */
export const at = (tree: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), tree);

/** Fills in what `asked` leaves out; nothing is removed any more, so that `false` is a value. */
export function filled<D extends object, T extends object>(defaults: D, asked: T, form?: AnyForm): D & T {
  const full: Record<string, unknown> = { ...(defaults as AnyRecord) };
  const given = asked as AnyRecord;
  const formOf = propsOf(form);
  for (const key in given)
    if (given[key] !== undefined) full[key] = merge(formOf(key), full[key], given[key]);
  return full as D & T;
}
