// Writes the GitOps tree: all of it, or nothing.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Platform } from '../platform';
import { noExtra } from './extra';
import type { Extra } from './extra';
import { renderTree } from './tree';
import type { Folder } from './tree';

/** What was written, for people. */
export interface Written {
  readonly environment: string;
  readonly tenants: number;
  readonly objects: number;
}

/** What differs from rendering everything. */
export interface WriteOptions {
  /**
   * Objects of the user's own, beside the rendered ones.
   * @default - none
   */
  readonly extra?: Extra;

  /**
   * Replaces the folders of these environments and leaves the others alone.
   * @default - the whole tree is replaced
   */
  readonly only?: readonly string[];

  /**
   * Sees each folder before it is written.
   * @default - nobody does
   */
  readonly visit?: (folder: Folder) => void;
}

/** Writes all environments, or, when anything is wrong, nothing: the old tree stays until the new one is complete. */
export function writeGitOps(
  platforms: readonly Platform[],
  folder: string,
  { extra = noExtra, only, visit }: WriteOptions = {},
): Written[] {
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`)); // beside it, as a rename stays on one disk
  try {
    const fresh = join(scratch, 'new'); // the scratch folder itself is its owner's alone
    mkdirSync(fresh);
    const wanted = platforms.filter(
      ({ environment }) => only === undefined || only.includes(environment.name),
    );
    const objects = new Map<string, number>();
    renderTree(wanted, extra, (rendered) => {
      if (visit) visit(rendered);
      writeFolder(fresh, rendered);
      count(objects, rendered);
    });
    place({ fresh, folder, old: join(scratch, 'old'), only });
    return wanted.map(({ environment: { name }, tenants }) => ({
      environment: name,
      tenants: tenants.length,
      objects: objects.get(name) as number,
    }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function writeFolder(root: string, { path, files }: Folder): void {
  mkdirSync(join(root, path), { recursive: true });
  for (const [name, text] of files) writeFileSync(join(root, path, name), text);
}

function count(objects: Map<string, number>, { leaf }: Folder): void {
  if (leaf === undefined) return;
  const { name } = leaf.platform.environment;
  const before = objects.get(name);
  const here = leaf.manifests.length + leaf.extra.length;
  objects.set(name, before === undefined ? here : before + here);
}

interface Move {
  readonly fresh: string;
  readonly folder: string;
  /** Where the old tree goes until the new one is in its place. */
  readonly old: string;
  readonly only: readonly string[] | undefined;
}

function place({ fresh, folder, old, only }: Move): void {
  if (only === undefined) return swapAll([{ fresh, folder, old }]);
  mkdirSync(folder, { recursive: true });
  mkdirSync(old);
  swapAll(
    only.map((name) => ({ fresh: join(fresh, name), folder: join(folder, name), old: join(old, name) })),
  );
}

type Swap = Omit<Move, 'only'>;

/** All of them, or none: what was swapped before one that fails goes back. */
function swapAll([first, ...rest]: readonly Swap[]): void {
  if (first === undefined) return;
  const { fresh, folder, old } = first;
  const replaces = existsSync(folder);
  if (replaces) renameSync(folder, old);
  try {
    renameSync(fresh, folder);
    swapAll(rest);
  } catch (error) {
    if (existsSync(folder)) renameSync(folder, fresh);
    if (replaces) renameSync(old, folder);
    throw error;
  }
}
