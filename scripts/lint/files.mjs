// Files that a linter reads: those of git's working tree in the folders that hold our code.

import console from 'node:console';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const FOLDERS = ['.ci', 'bench', 'docs', 'lib', 'scripts', 'stacks', 'tenants', 'test'];

/** Written by programs; programs of ours are in there once more. */
const RENDERED = join('test', 'reference', 'dist');

/** Paths from `root`, in order. */
export const filesIn = (root) =>
  readdirSync(root)
    .filter((name) => FOLDERS.includes(name))
    .flatMap((folder) => below(root, folder))
    .sort();

const below = (root, folder) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return path === RENDERED || entry.name === 'node_modules' ? [] : below(root, path);
    return entry.isFile() ? [path] : [];
  });

/** Prints what was found and ends with the number that npm wants. */
export function report(program, read, found) {
  for (const line of found) console.error(line);
  console.log(`${program}: ${read} files, ${found.length} problems`);
  process.exitCode = found.length > 0 || read === 0 ? 1 : 0;
}
