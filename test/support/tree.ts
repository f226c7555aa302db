// Written trees, for tests that compare them.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Text of every file by its path below a folder. */
export type Tree = ReadonlyMap<string, string>;

export const readTree = (folder: string): Tree =>
  new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file), readFileSync(file, 'utf8')]),
  );

/** Files that one tree has and the other has not, or has with other bytes. */
export const changed = (before: Tree, after: Tree): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file))
    .sort();

const made: string[] = [];

/** A folder that `removeFolders` takes away. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stalk-test-'));
  made.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}
