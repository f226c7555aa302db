// Whether the tree on disk is what the list renders today.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { TreeFolder } from '../output/tree';

/** A file of the tree that is not as it is rendered. */
export interface StaleFile {
  /** From the tree's root. */
  readonly file: string;
  readonly got: 'other bytes' | 'no such file' | 'a file that it does not render';
}

/** Compares a tree on disk with rendered folders, one by one. */
export interface Comparison {
  readonly see: (folder: TreeFolder) => void;
  /** In the order of their paths. */
  differing(): readonly StaleFile[];
}

export function compareWith(dist: string): Comparison {
  const rendered = new Set<string>();
  const changed: StaleFile[] = [];
  return {
    see({ path, files }) {
      for (const [name, text] of files) {
        const file = join(path, name);
        rendered.add(file);
        const found = foundIn(join(dist, file), text);
        if (found !== undefined) changed.push({ file, got: found });
      }
    },
    differing() {
      const surplus = filesBelow(dist).filter((file) => !rendered.has(file));
      return [
        ...changed,
        ...surplus.map((file): StaleFile => ({ file, got: 'a file that it does not render' })),
      ].sort((a, b) => (a.file < b.file ? -1 : 1));
    },
  };
}

function foundIn(file: string, text: string): StaleFile['got'] | undefined {
  if (!existsSync(file)) return 'no such file';
  return readFileSync(file, 'utf8') === text ? undefined : 'other bytes';
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== '.DS_Store')
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
