// Files in an older tree that no synth has written: they would be gone with it.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LIST = 'kustomization.yaml';

/** Systems leave it everywhere, and nobody misses it. */
const NOBODYS = new Set(['.DS_Store']);

/** Paths below `folder`, in order; a folder that is a stranger as a whole is named once. */
export function strangerFilesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return ['a file of that name'];
  return below(folder, '');
}

/** Every folder of a tree has a list of its files, or holds folders alone. */
function below(root: string, path: string): readonly string[] {
  const folder = join(root, path);
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !NOBODYS.has(name));
  const known = entries.some(({ name }) => name === LIST) ? listedIn(join(folder, LIST)) : new Set<string>();
  return entries
    .map((entry) => ({ folder: entry.isDirectory(), path: join(path, entry.name), name: entry.name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.folder)
        return holdsList(join(root, entry.path)) ? below(root, entry.path) : [`${entry.path}/`];
      return entry.name === LIST || known.has(entry.name) ? [] : [entry.path];
    });
}

/** An empty folder is nobody's loss. */
function holdsList(folder: string): boolean {
  const entries = readdirSync(folder, { withFileTypes: true });
  return (
    entries.length === 0 ||
    entries.some(({ name }) => name === LIST) ||
    entries.some((entry) => entry.isDirectory() && holdsList(join(folder, entry.name)))
  );
}

const ITEM = /^ *- (.+)$/gm;

const listedIn = (file: string): ReadonlySet<string> =>
  new Set(
    [...readFileSync(file, 'utf8').matchAll(ITEM)].map(([, name = '']) => name.replaceAll(/['"]/g, '')),
  );
