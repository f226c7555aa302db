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
const BY_VALUE = new Set(['dialect', 'topology', 'shared']);
const BY_PRESENCE = new Set([
  'cron',
  'every',
  'from',
  'secret',
  'issuer',
  'claim',
  'size',
  'queueLength',
  'utilization',
]);

/** Records whose names are the app's: `size` is an argument there, and tells no kinds apart. */
const FREE = new Set(['env', 'celery', 'kwargs']);

/** Of these, `false` is a value; it takes nothing away. */
const PLAIN = new Set(['celery', 'kwargs']);

const isRecord = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A pool may be called `shared` as well: only a text or a number tells kinds apart. */
function replaces(under: Tree, over: Tree): boolean {
  for (const key in over) {
    const value = over[key];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (BY_VALUE.has(key) && value !== under[key]) return true;
    if (BY_PRESENCE.has(key) && !(key in under)) return true;
  }
  return false;
}

/** `over` on top of `under`: records merge, lists replace, a changed discriminant replaces its record. */
export const merge = (under: unknown, over: unknown): unknown =>
  mergeAt({ name: '', plain: false }, under, over);

interface Where {
  readonly name: string;
  /** Inside a record of plain values. */
  readonly plain: boolean;
}

function mergeAt({ name, plain }: Where, under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isRecord(over)) return over;
  const kept = isRecord(under) && (plain || FREE.has(name) || !replaces(under, over));
  return lay(kept ? under : {}, over, plain || PLAIN.has(name));
}

function lay(under: Tree, over: Tree, plain = false): Tree {
  const merged: Record<string, unknown> = { ...under };
  for (const key in over) {
    const value = over[key];
    if (!plain && removes(under[key], value)) delete merged[key];
    else merged[key] = mergeAt({ name: key, plain }, under[key], value);
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
