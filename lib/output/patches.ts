// JSON Patches on the final JSON of a leaf's objects, layer upon layer.

import { applyPatch } from 'rfc6902';
import type { Leaf } from '../platform';
import type { Operation, PatchLayer } from '../spec';
import { names } from '../spec/patch-layers';
import { objectHint, patchProblem } from '../spec/rules';
import type { Problem } from '../spec/rules';
import { idOf, podTemplateOf } from './manifest';
import type { Manifest } from './manifest';
import { composed, marksOf } from './metadata';
import { placeHint } from './patch-places';
import { RenderError } from './render-error';

/** Patches that match nothing, or cannot be applied. */
export class PatchError extends RenderError {}

type Patched = Pick<Leaf, 'kind' | 'name' | 'folder' | 'patches'>;

/** Throws one error that names every patch that matches nothing or does not apply. */
export function applyPatches(leaf: Patched, manifests: readonly Manifest[]): void {
  if (leaf.patches.length === 0) return;
  const marks = new Map(manifests.map((manifest) => [manifest, marksOf(manifest)]));
  const problems = leaf.patches.flatMap((layer) =>
    Object.entries(layer.patches).flatMap(([key, operations]) => {
      const matched = manifests.filter((manifest) => names(key, idOf(manifest)));
      const faults =
        matched.length === 0
          ? nothing(layer, key, manifests)
          : matched.flatMap((manifest) => applyTo(manifest, operations, marks.get(manifest)));
      return grouped(faults).map((fault) => problemOf(fault, layer, { key, leaf }));
    }),
  );
  if (problems.length > 0) throw new PatchError(problems);
}

/** Operations that patches have for an object of a leaf, laid on another one: those that do not apply there are left out. */
export function applyWhatFits(
  { patches }: Pick<Leaf, 'patches'>,
  object: string,
  manifest: Manifest,
  fits: (operation: Operation) => boolean,
): void {
  const operations = patches.flatMap((layer) =>
    Object.entries(layer.patches).flatMap(([key, about]) => (names(key, object) ? about.filter(fits) : [])),
  );
  for (const operation of operations) failure(manifest, operation);
}

/** What is wrong with a patch; `%` stands for the objects. */
interface Fault {
  /** Which of its operations; absent, all of them together. */
  readonly index?: number;
  readonly wanted: string;
  readonly got: string;
  readonly fix: string;
  readonly object?: string;
}

/** An environment's patch may match in another folder; `platforms` has looked. */
function nothing({ owner }: PatchLayer, key: string, manifests: readonly Manifest[]): Fault[] {
  if (owner === 'environment') return [];
  const fix = objectHint(key, manifests.map(idOf));
  return [{ wanted: 'match an object', got: 'none', fix }];
}

function applyTo(
  manifest: Manifest,
  operations: readonly Operation[],
  marks: ReadonlyMap<string, string> | undefined,
): Fault[] {
  const object = idOf(manifest);
  const pods = podTemplateOf(manifest) !== undefined;
  const before = marksOf(manifest);
  const failed = operations.flatMap((operation, index) => {
    const reason = failure(manifest, operation);
    if (reason === undefined) return [];
    return [{ index, wanted: 'apply to %', got: quote(reason), fix: placeHint(manifest, operation) }];
  });
  const faults = [...failed, ...renamed(manifest, object), ...(pods ? podless(manifest) : [])];
  const lost = faults.length === 0 ? lostMarks(manifest, before, marks) : [];
  return [...faults, ...lost].map((fault) => ({ ...fault, object }));
}

const quote = (text: string): string => JSON.stringify(text);

const renamed = (manifest: Manifest, object: string): Fault[] =>
  idOf(manifest) === object
    ? []
    : [
        {
          wanted: 'leave kind and name of % alone',
          got: idOf(manifest),
          fix: 'rename in the tenant instead',
        },
      ];

/** Without a pod template, nothing could be said about the pods. */
const podless = (manifest: Manifest): Fault[] =>
  podTemplateOf(manifest) !== undefined
    ? []
    : [
        {
          wanted: 'leave % a pod template with metadata and a list of containers',
          got: 'none',
          fix: 'patch what is in them, one by one',
        },
      ];

/** What Stalk wrote and this patch took away or changed; `had` is from before this patch, `own` from before all. */
function lostMarks(
  manifest: Manifest,
  had: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string> | undefined,
): Fault[] {
  const now = marksOf(manifest);
  return [...(own ? own : [])].flatMap(([mark, value]) => {
    const has = now.get(mark);
    if (had.get(mark) !== value || has === value) return [];
    const got = has === undefined ? 'nothing' : quote(has);
    return [{ wanted: `leave ${mark} as it is`, got, fix: 'use a name of your own beside it' }];
  });
}

/** Why an operation does not apply; the library throws where the way leads through a text. */
function failure(manifest: Manifest, operation: Operation): string | undefined {
  try {
    const [error] = applyPatch(manifest, [copyOf(composed(manifest, operation))]);
    return error?.message;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The library puts values into the object as they are; the author's list stays as it is. */
const copyOf = (operation: Operation) =>
  JSON.parse(JSON.stringify(operation)) as Parameters<typeof applyPatch>[1][number];

/** One fault of many objects is one. */
function grouped(faults: readonly Fault[]): readonly (Fault & { readonly objects: readonly string[] })[] {
  const groups = new Map<string, Fault & { readonly objects: string[] }>();
  for (const { object, ...fault } of faults) {
    const key = JSON.stringify(fault);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...fault, objects: object === undefined ? [] : [object] });
    else if (object !== undefined) group.objects.push(object);
  }
  return [...groups.values()];
}

/** Enough to see what they have in common. */
const SHOWN = 3;

function problemOf(
  { index, wanted, got, fix, objects }: Fault & { readonly objects: readonly string[] },
  layer: PatchLayer,
  { key, leaf }: { readonly key: string; readonly leaf: Patched },
): Problem {
  const more = objects.length - SHOWN;
  const where = leaf.kind === 'tenant' ? '' : ` of ${leaf.folder}`;
  const named = objects.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '') + where;
  const path = [...layer.path, key, ...(index === undefined ? [] : [index])];
  return patchProblem({ path, wanted: wanted.replace('%', named), got, fix }, layer, {
    ...(leaf.kind === 'tenant' && { tenant: leaf.name }),
  });
}
