// Puts new files into a folder that may hold others: all of them, or none.

import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Move {
  readonly from: string;
  readonly to: string;
  /** Where a file that is replaced waits until all others are in their places. */
  readonly old: string;
}

/** Writes text by path. The files are complete before the first of them appears; one that fails takes back the others. */
export function place(files: ReadonlyMap<string, string>, folder: string): void {
  const made = mkdirSync(folder, { recursive: true });
  let whole = false;
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(folder, '.stalk-')); // inside, as a rename stays on one disk
    const [fresh, old] = [join(scratch, 'new'), join(scratch, 'old')];
    for (const [path, text] of files) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      mkdirSync(dirname(join(old, path)), { recursive: true });
      writeFileSync(join(fresh, path), text);
    }
    moveAll(
      [...files.keys()].map((path) => ({
        from: join(fresh, path),
        to: join(folder, path),
        old: join(old, path),
      })),
    );
    whole = true;
  } finally {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
    if (!whole && made !== undefined) rmSync(made, { recursive: true, force: true });
  }
}

function moveAll([first, ...rest]: readonly Move[]): void {
  if (first === undefined) return;
  const { from, to, old } = first;
  const made = mkdirSync(dirname(to), { recursive: true });
  const replaces = isThere(to);
  try {
    if (replaces) renameSync(to, old);
    renameSync(from, to);
    moveAll(rest);
  } catch (error) {
    if (isThere(old)) renameSync(old, to);
    else if (!isThere(from)) rmSync(to);
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/** True also for a link that leads nowhere. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
