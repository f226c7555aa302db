// Whether the tree on disk is what the list renders today.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Folder } from '../output/tree';

/** What compares a tree with rendered folders, seen one by one. */
export interface Comparison {
  see(folder: Folder): void;
  /** Paths in the tree that differ, are missing, or that nobody renders any more; in order. */
  differing(): readonly string[];
}

export function compareWith(dist: string): Comparison {
  const rendered = new Set<string>();
  const changed: string[] = [];
  return {
    see({ path, files }) {
      for (const [name, text] of files) {
        const file = join(path, name);
        rendered.add(file);
        if (!holds(join(dist, file), text)) changed.push(file);
      }
    },
    differing: () => [...changed, ...filesBelow(dist).filter((file) => !rendered.has(file))].sort(),
  };
}

const holds = (file: string, text: string): boolean =>
  existsSync(file) && readFileSync(file, 'utf8') === text;

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && entry.name !== '.DS_Store')
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
