// Where two objects differ: paths that a person finds again, with short values.

import { isRecord, parsedJson } from '../kube/json';
import type { JsonRecord } from '../kube/json';
import type { FieldChange } from './model';
import { contrasted } from './hidden';

/** Kind decides what is hidden; the path begins empty. */
export function fieldChanges(before: unknown, after: unknown, kind: string): readonly FieldChange[] {
  return between({ before, after, path: '', kind });
}

interface Pair {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: string;
  readonly kind: string;
}

function between(pair: Pair): readonly FieldChange[] {
  const { before, after } = pair;
  if (before === after || JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isRecord(before) && isRecord(after)) return ofRecords(pair, before, after);
  if (Array.isArray(before) && Array.isArray(after)) return ofLists(pair, before, after);
  if (isFile(before) && isFile(after)) return ofFiles(pair, before, after);
  return [leaf(pair)];
}

function leaf({ before, after, path, kind }: Pair): FieldChange {
  const [old, fresh] = contrasted([before, after], path, kind);
  return { path, ...(old !== undefined && { before: old }), ...(fresh !== undefined && { after: fresh }) };
}

function ofRecords(pair: Pair, before: JsonRecord, after: JsonRecord): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    between({ ...pair, before: before[name], after: after[name], path: inside(pair.path, name) }),
  );
}

/** `a.b`, and `a[b.c/d]` where the name has dots of its own. */
const inside = (path: string, name: string): string => {
  if (/[.\s[\]]/.test(name)) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
};

function ofLists(pair: Pair, before: readonly unknown[], after: readonly unknown[]): readonly FieldChange[] {
  const [ours, theirs] = [namedItems(before), namedItems(after)];
  if (ours && theirs) return ofNamed(pair, ours, theirs);
  if (before.length === after.length)
    return before.flatMap((item, i) =>
      between({ ...pair, before: item, after: after[i], path: `${pair.path}[${i}]` }),
    );
  return [leaf({ ...pair, before: without(before, after), after: without(after, before) })];
}

/** Of two lists of other lengths: the items that only one has, or all where one only repeats. */
function without(items: readonly unknown[], others: readonly unknown[]): unknown {
  const known = new Set(others.map((item) => JSON.stringify(item)));
  const own = items.filter((item) => !known.has(JSON.stringify(item)));
  return own.length > 0 ? own : undefined;
}

/** Fields by which an item of a list is known, as Kubernetes merges them. */
const KEYS = ['name', 'mountPath', 'containerPort', 'port', 'key', 'secretKey'] as const;

function namedItems(items: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  if (items.length === 0) return new Map();
  const named = new Map(items.flatMap((item) => nameOf(item).map((name) => [name, item] as const)));
  return named.size === items.length ? named : undefined;
}

function nameOf(item: unknown): readonly string[] {
  if (!isRecord(item)) return [];
  const own = KEYS.map((key) => item[key]).find((value) => isName(value));
  const { name } = isRecord(item['metadata']) ? item['metadata'] : {};
  return [own, name].filter(isName).slice(0, 1).map(String);
}

const isName = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

function ofNamed(
  pair: Pair,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const found = names.flatMap((name) =>
    between({ ...pair, before: before.get(name), after: after.get(name), path: `${pair.path}[${name}]` }),
  );
  const [old, fresh] = [[...before.keys()].join(', '), [...after.keys()].join(', ')];
  return found.length > 0 || old === fresh
    ? found
    : [{ path: `${pair.path} order`, before: old, after: fresh }];
}

/** Settings, a script, a redis.conf in a ConfigMap. */
const isFile = (value: unknown): value is string => typeof value === 'string' && /\n|^\s*\{/.test(value);

function ofFiles(pair: Pair, before: string, after: string): readonly FieldChange[] {
  const [ours, theirs] = [parsed(before), parsed(after)];
  if (ours && theirs) {
    const settings = between({ ...pair, before: ours, after: theirs });
    if (settings.length > 0) return settings;
  }
  const { at, old, fresh } = changedLines(before.split('\n'), after.split('\n'));
  const path = `${pair.path} line ${at + 1}`;
  const text = (lines: readonly string[]): unknown => {
    if (lines.length === 0) return undefined;
    return lines.length > MOST_LINES ? `${lines.length} lines` : lines.join('\n');
  };
  return [leaf({ ...pair, path, before: text(old), after: text(fresh) })];
}

/** More are counted. */
const MOST_LINES = 2;

function parsed(text: string): JsonRecord | undefined {
  const value = parsedJson(text);
  return isRecord(value) ? value : undefined;
}

/** The lines between what both files begin with and what both end with. */
function changedLines(before: readonly string[], after: readonly string[]) {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) at += 1;
  let end = 0;
  while (end < most - at && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { at, old: before.slice(at, before.length - end), fresh: after.slice(at, after.length - end) };
}
