// One record laid over another: the only way in which a value overrides a value.

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

type Tree = Readonly<Record<string, unknown>>;

/** Props that make a record another kind of record: where one appears or changes, the record is replaced. */
const BY_VALUE = ['dialect', 'topology', 'shared'];
const BY_PRESENCE = ['cron', 'every', 'from', 'secret', 'claim', 'size', 'queueLength', 'utilization'];

const isRecord = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const replaces = (under: Tree, over: Tree): boolean =>
  BY_VALUE.some((key) => key in over && over[key] !== under[key]) ||
  BY_PRESENCE.some((key) => key in over && !(key in under));

/** `over` on top of `under`: records merge, lists replace, a changed discriminant replaces its record. */
export function merge(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isRecord(over)) return over;
  return lay(isRecord(under) && !replaces(under, over) ? under : {}, over);
}

function lay(under: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (removes(under[key], value)) delete merged[key];
    else merged[key] = merge(under[key], value);
  }
  return merged;
}

/**
 * `false` takes a record away; over a value that is itself true or false it is that value.
 * No prop of the contract is true by default, so dropping a `false` changes nothing.
 */
const removes = (under: unknown, over: unknown): boolean => over === false && typeof under !== 'boolean';

/** The value at a dotted path as an author types it, or undefined. */
export const at = (tree: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), tree);

/** Fills in what `own` leaves out, whatever kind of record it is. */
export const over = <D extends object, T extends object>(defaults: D, own: T): D & T =>
  lay(defaults as Tree, own as Tree) as D & T;
