// What differs between the tree on disk and the new one: gathered beside the tree, then moved into it.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { moveAll } from './moves';
import type { Moves } from './moves';

export interface Staging {
  /** Writes a file beside the tree, unless the tree has it with the same bytes. */
  readonly write: (folder: string, name: string, text: string) => void;
  /** A file of the tree that stays as it is. */
  readonly keep: (folder: string, name: string) => void;
  /** Names of the new tree's files in a folder. */
  readonly namesIn: (folder: string) => readonly string[];
  /** Moves what is new into the tree, and removes what the new tree has not: all of it or nothing. */
  readonly place: () => void;
}

/** Where a tree lies, and where it is prepared. */
export interface StagingProps {
  readonly tree: string;
  /** An empty folder on the tree's disk. */
  readonly scratch: string;
  /** Folders of the tree that are replaced; the others stay. Absent for the whole tree. */
  readonly only: readonly string[] | undefined;
}

export function stage({ tree, scratch, only }: StagingProps): Staging {
  const fresh = join(scratch, 'new'); // the scratch folder itself is its owner's alone
  mkdirSync(fresh);
  const wanted = new Map<string, Set<string>>();
  const namesIn = (folder: string): Set<string> => {
    const names = wanted.get(folder);
    if (names !== undefined) return names;
    const made = new Set<string>();
    wanted.set(folder, made);
    return made;
  };
  const before = plainFilesOf(tree);
  return {
    write(folder, name, text) {
      namesIn(folder).add(name);
      const file = join(tree, folder, name);
      if (before.has(file) && readFileSync(file, 'utf8') === text) return;
      mkdirSync(join(fresh, folder), { recursive: true });
      writeFileSync(join(fresh, folder, name), text);
    },
    keep: (folder, name) => void namesIn(folder).add(name),
    namesIn: (folder) => [...namesIn(folder)],
    place() {
      moveAll(join(scratch, 'old'), (moves) => {
        const roots = only === undefined ? [''] : only;
        for (const root of roots) removeSurplus({ tree, wanted, moves }, root);
        if (!isFolder(tree)) return moves.put(fresh, tree);
        putBelow(fresh, tree, moves);
      });
    },
  };
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

const entriesOf = (folder: string): readonly Dirent[] =>
  isFolder(folder) ? readdirSync(folder, { withFileTypes: true }) : [];

/** Paths of files below a folder; no link is followed. */
const plainFilesOf = (folder: string): ReadonlySet<string> =>
  new Set(
    isFolder(folder)
      ? readdirSync(folder, { withFileTypes: true, recursive: true })
          .filter((found) => found.isFile())
          .map((found) => join(found.parentPath, found.name))
      : [],
  );

interface Surplus {
  readonly tree: string;
  readonly wanted: ReadonlyMap<string, ReadonlySet<string>>;
  readonly moves: Moves;
}

/**
 * Removes what the new tree has not. It goes first: a run that is killed in the middle leaves no file that no list
 * names, which the next run would take for somebody's own and refuse to delete.
 */
function removeSurplus({ tree, wanted, moves }: Surplus, root: string): void {
  const folders = new Set([...wanted.keys()].flatMap(withParents));
  const below = (folder: string): void => {
    for (const found of entriesOf(join(tree, folder))) {
      const path = join(folder, found.name);
      if (found.isDirectory() && folders.has(path)) below(path);
      else if (found.isDirectory() || wanted.get(folder)?.has(found.name) !== true)
        moves.remove(join(tree, path));
    }
  };
  below(root);
}

/** `a/b/c`, `a/b`, `a`. */
const withParents = (path: string): readonly string[] =>
  path === '' || path === '.' ? [] : [path, ...withParents(path.split('/').slice(0, -1).join('/'))];

const LIST = 'kustomization.yaml';

/** Moves a whole folder where the tree has none; else file by file, the list that names the others first. */
function putBelow(from: string, to: string, moves: Moves): void {
  const listFirst = [...entriesOf(from)].sort((a, b) => Number(b.name === LIST) - Number(a.name === LIST));
  for (const found of listFirst) {
    const [source, target] = [join(from, found.name), join(to, found.name)];
    if (found.isDirectory() && isFolder(target)) putBelow(source, target, moves);
    else moves.put(source, target);
  }
}
