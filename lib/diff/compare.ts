// Two sets of objects, paired: what was added, changed, removed, and what lies in another folder now.

import { fieldChanges } from './fields';
import type { Change, Item, SubjectRef } from './model';

/** In the order of environment, folder, kind and name. */
export function compare(before: readonly Item[], after: readonly Item[]): readonly Change[] {
  const [old, fresh] = [byKey(before), byKey(after)];
  const inBoth = [...fresh].flatMap(([key, now]) => {
    const was = old.get(key);
    return was ? changed(was, now) : [];
  });
  const added = [...fresh].filter(([key]) => !old.has(key)).map(([, item]) => item);
  const removed = [...old].filter(([key]) => !fresh.has(key)).map(([, item]) => item);
  return [...inBoth, ...moved(removed, added)].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

export const refOf = ({ environment, folder, manifest }: Item): SubjectRef => ({
  environment,
  folder,
  kind: manifest.kind,
  ...(manifest.metadata.namespace !== undefined && { namespace: manifest.metadata.namespace }),
  name: manifest.metadata.name,
});

const SEPARATOR = '\0';

const identity = ({ environment, manifest: { kind, metadata } }: Item): string =>
  [environment, kind, String(metadata.namespace), metadata.name].join(SEPARATOR);

const byKey = (items: readonly Item[]): ReadonlyMap<string, Item> =>
  new Map(items.map((item) => [[item.folder, identity(item)].join(SEPARATOR), item]));

const orderOf = ({ environment, folder, kind, name }: SubjectRef): string =>
  [environment, folder, kind, name].join(SEPARATOR);

function changed(was: Item, now: Item): readonly Change[] {
  const [before, after] = [was.manifest, now.manifest];
  const fields = fieldChanges(before, after, after.kind);
  return fields.length === 0 ? [] : [{ ...refOf(now), how: 'changed', fields, before, after }];
}

/** An object of the same name that another folder applies now is one that moved. */
function moved(removed: readonly Item[], added: readonly Item[]): readonly Change[] {
  const gone = new Map(removed.map((item) => [identity(item), item]));
  const arrived = added.map((item): Change => {
    const was = gone.get(identity(item));
    const after = item.manifest;
    if (!was) return { ...refOf(item), how: 'added', fields: [], after };
    gone.delete(identity(item));
    const before = was.manifest;
    const fields = fieldChanges(before, after, after.kind);
    return { ...refOf(item), how: 'moved', from: was.folder, fields, before, after };
  });
  const left = [...gone.values()].map((item): Change => ({
    ...refOf(item),
    how: 'removed',
    fields: [],
    before: item.manifest,
  }));
  return [...arrived, ...left];
}
