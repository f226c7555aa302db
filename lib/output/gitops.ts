// Writes the GitOps tree: all of it, or nothing.

import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Platform } from '../platform';
import { noExtra } from './extra';
import type { Extra } from './extra';
import { stage } from './staging';
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

/**
 * Writes all environments, or, when anything is wrong, nothing: the old tree stays until the new one is complete.
 * Files that have their bytes already stay as they are, times included.
 */
export function writeGitOps(
  platforms: readonly Platform[],
  folder: string,
  { extra = noExtra, only, visit }: WriteOptions = {},
): Written[] {
  mkdirSync(dirname(folder), { recursive: true });
  const tree = existsSync(folder) ? realpathSync(folder) : folder;
  const scratch = mkdtempSync(join(dirname(tree), `.${basename(tree)}-`)); // beside it, as a rename stays on one disk
  try {
    const staging = stage({ tree, scratch, only });
    const wanted = platforms.filter(
      ({ environment }) => only === undefined || only.includes(environment.name),
    );
    const objects = new Map<string, number>();
    renderTree(wanted, extra, (rendered) => {
      if (visit) visit(rendered);
      for (const [name, text] of rendered.files) staging.write(rendered.path, name, text);
      count(objects, rendered);
    });
    staging.place();
    return wanted.map(({ environment: { name }, tenants }) => ({
      environment: name,
      tenants: tenants.length,
      objects: objects.get(name) as number,
    }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function count(objects: Map<string, number>, { leaf }: Folder): void {
  if (leaf === undefined) return;
  const { name } = leaf.platform.environment;
  const before = objects.get(name);
  const here = leaf.manifests.length + leaf.extra.length;
  objects.set(name, before === undefined ? here : before + here);
}
