// JSON Patches of a tenant, on the final JSON of its objects.

import { applyPatch } from 'rfc6902';
import type { Leaf } from '../platform';
import type { Operation } from '../spec';
import type { Manifest } from './manifest';
import { RenderError } from './render-error';

/** Patches that match nothing, or cannot be applied. */
export class PatchError extends RenderError {}

export function applyPatches(
  { name, patches }: Pick<Leaf, 'name' | 'patches'>,
  manifests: readonly Manifest[],
): void {
  const byKey = new Map(manifests.map((manifest) => [keyOf(manifest), manifest]));
  const problems = Object.entries(patches).flatMap(([key, operations]) => {
    const say = (text: string) => `tenant "${name}": patches["${key}"] ${text}`;
    const manifest = byKey.get(key);
    if (!manifest) return [say(`must match an object, got none; ${suggest(key, [...byKey.keys()])}`)];
    const failed = applyPatch(manifest, copyOf(operations));
    const errors = failed.flatMap((error, i) =>
      error === null
        ? []
        : [say(`[${i}] must apply to the object, got "${error.message}"; look at it in dist/`)],
    );
    const renamed = keyOf(manifest) !== key;
    return [
      ...errors,
      ...(renamed ? [say('must leave kind and name alone; rename in the tenant instead')] : []),
    ];
  });
  if (problems.length > 0) throw new PatchError(problems);
}

/** The library puts values into the object as they are; the author's list stays as it is. */
const copyOf = (operations: readonly Operation[]) =>
  JSON.parse(JSON.stringify(operations)) as Parameters<typeof applyPatch>[1];

const keyOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/** The likeliest name: the one that shares the longest beginning. */
function suggest(key: string, known: readonly string[]): string {
  const shared = (a: string): number => {
    let n = 0;
    while (n < a.length && a[n] === key[n]) n += 1;
    return n;
  };
  const [best] = [...known].sort((a, b) => shared(b) - shared(a) || (a < b ? -1 : 1));
  return best === undefined ? 'there are no objects' : `did you mean ${best}`;
}
