// A value as part of a sentence: one short line, whatever it is, and nothing secret in it.

import { isPlain, masked, namesSecret, secretIn } from './secret-patterns';

/** Longest value that still reads as part of a sentence. */
const LONGEST = 80;

/** More keys than this say nothing new about a record. */
const KEYS = 6;

/** Texts in quotes, numbers and booleans without, records and lists as JSON or by their keys. */
export function show(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(masked(value)), '…"');
  if (typeof value === 'object' && value !== null) return showObject(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return showOdd(value);
}

/** What JSON has no word for. */
function showOdd(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return typeof value === 'function' && value.name !== ''
    ? `the function ${value.name}`
    : `a ${typeof value}`;
}

function showObject(value: object): string {
  const kind = classOf(value);
  if (kind !== undefined) return `an instance of ${kind}`;
  const json = isCommandWithSecret(value) ? undefined : jsonOf(value);
  if (json !== undefined && json.length <= LONGEST) return json;
  return Array.isArray(value) ? `a list of ${value.length}` : `a record of ${keysOf(value)}`;
}

/** A flag and its password may be two words. */
const isCommandWithSecret = (value: object): boolean =>
  Array.isArray(value) && secretIn(value.map(String).join(' ')) !== undefined;

function keysOf(value: object): string {
  const keys = Object.keys(value);
  const more = keys.length - KEYS;
  return cut(keys.slice(0, KEYS).join(', ')) + (more > 0 ? ` and ${more} more` : '');
}

/** Name of its class, unless it is a plain record or list. */
export function classOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A record from another realm (Jest's, a vm's) has another Object
  if (prototype === null || Array.isArray(value) || Object.getPrototypeOf(prototype) === null)
    return undefined;
  return (prototype as { readonly constructor?: { readonly name?: string } }).constructor?.name ?? 'a class';
}

/** JSON has no word for `undefined` in a record, and none for a record that contains itself. */
function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value, (key, part: unknown) => {
      if (typeof part !== 'string') return part;
      return namesSecret(key) && !isPlain(part) ? '…' : masked(part);
    });
  } catch {
    return undefined;
  }
}

const cut = (text: string, end = '…'): string =>
  text.length > LONGEST ? text.slice(0, LONGEST) + end : text;

/** `"a", "b" and 3 more`: names in quotes, a few of them. */
export function quoted(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => show(name));
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
