/** Sides of a comparison for tests: rendered tenants, edited by hand where no prop leads. */
import { diffOf, sideOf } from '../../lib/diff';
import type { Diff, Item } from '../../lib/diff';
import { placesOf, paragraphs } from '../../lib/diff/group';
import type { Type } from '../../lib/diff/model';
import { reasonText } from '../../lib/diff/words';
import type { Environment, Tenant } from '../../lib/spec';
import { leafManifests, plain, platformOf } from '../support/synth';
import type { Json } from '../support/synth';

/** Everything that the tenants become in one environment. */
export const rendered = (tenants: readonly Tenant[], environment: Environment = plain): Item[] =>
  platformOf(environment, tenants).leaves.flatMap((leaf) =>
    leafManifests(leaf).map((manifest) => ({
      environment: environment.name,
      folder: leaf.folder,
      manifest: manifest,
    })),
  );

/** A copy in which one object is another: `undefined` takes it away. */
export function edited(items: readonly Item[], object: string, edit: (manifest: Json) => unknown): Item[] {
  const [kind, name] = object.split('/');
  let met = false;
  const result = items.flatMap((item) => {
    if (item.manifest.kind !== kind || item.manifest.metadata.name !== name) return [item];
    met = true;
    const copy = JSON.parse(JSON.stringify(item.manifest));
    const other = edit(copy);
    return other === undefined ? [] : [{ ...item, manifest: other as Item['manifest'] }];
  });
  if (!met) throw new Error(`there is no ${object}`);
  return result;
}

/** An edit that changes the copy and keeps it. */
export const set =
  (change: (manifest: Json) => void) =>
  (manifest: Json): unknown => {
    change(manifest);
    return manifest;
  };

export const differing = (before: readonly Item[], after: readonly Item[]): Diff =>
  diffOf(sideOf('before', before), sideOf('after', after));

/** What a reader is told of one type, a line for each reason, place and step. */
export const toldOf = (diff: Diff, type: Type): string[] =>
  paragraphs(diff.consequences, type).flatMap(({ reasons, subjects, steps }) => [
    ...reasons.map(reasonText),
    ...placesOf(subjects, 9),
    ...steps,
  ]);

export const typesOf = ({ consequences }: Diff): string[] => [
  ...new Set(consequences.map(({ type }) => type)),
];
