// Renames that happen all or not at all: the first that fails takes back those before it.

import { copyFileSync, existsSync, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Renames on one disk, in the order in which they are asked for. */
export interface Moves {
  /** To a new name; what bore it before is removed. */
  readonly put: (from: string, to: string) => void;
  readonly remove: (path: string) => void;
}

/** Does what `ask` asks for; `removed` is made, and holds what was replaced and removed. */
export function moveAll(removed: string, ask: (moves: Moves) => void): void {
  const back: (() => void)[] = [];
  const aside = (): string => join(removed, String(back.length));
  const move = (from: string, to: string): void => {
    renameSync(from, to);
    back.push(() => renameSync(to, from));
  };
  mkdirSync(removed);
  try {
    ask({
      remove: (path) => move(path, aside()),
      put(from, to) {
        // A rename over a file leaves no moment without one; a copy, as not every disk has hard links
        if (isFile(to)) back.push(copied(to, aside()));
        else if (existsSync(to)) move(to, aside());
        move(from, to);
      },
    });
  } catch (error) {
    for (const undo of back.reverse()) undo();
    throw error;
  }
}

/** Copies a file; what is returned puts the copy in the place of the file. */
function copied(file: string, copy: string): () => void {
  copyFileSync(file, copy);
  return () => renameSync(copy, file);
}

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
