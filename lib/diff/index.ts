// What differs between two renderings, and what that does to a cluster.

import { compare } from './compare';
import { keyOf as folderKey } from './consequence';
import { consequencesOf } from './consequences';
import type { Diff, Item } from './model';
import { itemsOf } from './objects';
import type { Source, ObjectTree } from './tree';

export { diffJson } from './json';
export { liveSides } from './live';
export { diffMarkdown } from './markdown';
export { DiffError } from './model';
export type { Change, Consequence, Diff, FieldChange, Item } from './model';
export { diffText } from './text';
export { itemsOf } from './objects';
export { readTree } from './tree';
export type { Files, Source, ObjectTree } from './tree';

/** A side with the name that a person would give it. */
export interface Side {
  readonly name: string;
  readonly items: readonly Item[];
  /** Every folder that is there, also those whose objects are left out as they are the same on both sides. */
  readonly folders: ReadonlySet<string>;
  readonly notes: readonly string[];
}

export const sideOf = (name: string, items: readonly Item[], notes: readonly string[] = []): Side => ({
  name,
  items,
  folders: new Set(items.map(folderKey)),
  notes,
});

export function diffOf(before: Side, after: Side): Diff {
  const changes = compare(before.items, after.items);
  return {
    before: before.name,
    after: after.name,
    changes,
    consequences: consequencesOf(changes, { before: before.folders, after: after.folders }),
    notes: [...new Set([...before.notes, ...after.notes])],
  };
}

/** Two trees as sides. Files that are the same on both are not parsed: most are, and YAML is slow. */
export function sidesOf(before: Named, after: Named): readonly [Side, Side] {
  const [old, fresh] = [keysOf(before.tree.sources), keysOf(after.tree.sources)];
  return [sideWithout(before, fresh), sideWithout(after, old)];
}

interface Named {
  readonly name: string;
  readonly tree: ObjectTree;
}

const sideWithout = ({ name, tree: { sources, notes } }: Named, others: ReadonlySet<string>): Side => ({
  name,
  items: itemsOf(sources.filter((source) => !others.has(keyOf(source)))),
  folders: new Set(sources.map(folderKey)),
  notes,
});

const keyOf = ({ environment, folder, overlay, text }: Source): string =>
  JSON.stringify([environment, folder, overlay, text]);

const keysOf = (sources: readonly Source[]): ReadonlySet<string> => new Set(sources.map(keyOf));
