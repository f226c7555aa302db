// Labels and annotations: maps that everybody adds to, and in which Stalk's own stay as they are.

import { Pointer } from 'rfc6902';
import type { Json, Operation } from '../spec';
import { podTemplateOf } from './manifest';
import type { Manifest } from './manifest';

/** A path into such a map, of the object or of what it makes. */
const MAP = /^(.*\/metadata)\/(labels|annotations)(?=\/|$)/;

const isRecord = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * RFC 6902 wants the map to be there, and takes a whole one for its successor. Here an `add` makes the map that is
 * missing, and lays a whole one over what is there.
 */
export function composed(manifest: Manifest, operation: Operation): Operation {
  if (operation.op !== 'add') return operation;
  const [path, holder, name] = pathToMap(operation.path);
  const metadata: unknown = Pointer.fromJSON(holder).get(manifest);
  if (path === '' || !isRecord(metadata)) return operation;
  const there = metadata[name];
  if (operation.path !== path) {
    if (there === undefined) metadata[name] = {};
    return operation;
  }
  const { value } = operation;
  return isRecord(there) && isRecord(value) ? { ...operation, value: { ...there, ...value } } : operation;
}

/** The path as far as the map, what holds it, and its name there. */
function pathToMap(pointer: string): readonly [path: string, holder: string, name: string] {
  const found = MAP.exec(pointer);
  return found ? [found[0], String(found[1]), String(found[2])] : ['', '', ''];
}

/** Prefixes of what selectors, policies and laws look for. */
const OWN = /^(app\.kubernetes\.io|stalk\.dev)\//;

/** Labels and annotations of Stalk's, by what a person calls them; `%` stands for the object. */
export function marksOf(manifest: Manifest): ReadonlyMap<string, string> {
  const places = [
    ['%', manifest.metadata],
    ['the pods of %', podTemplateOf(manifest)?.metadata],
  ] as const;
  const marks = places.flatMap(([where, metadata]) => [
    ...own('label', where, metadata?.labels),
    ...own('annotation', where, metadata?.annotations),
  ]);
  return new Map(marks);
}

const own = (
  what: string,
  where: string,
  map: Readonly<Record<string, string>> | undefined,
): (readonly [string, string])[] =>
  map === undefined
    ? []
    : Object.entries(map)
        .filter(([key]) => OWN.test(key))
        .map(([key, value]) => [`the ${what} ${key} of ${where}`, value]);
