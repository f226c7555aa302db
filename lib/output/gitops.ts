// Writes the GitOps tree: all of it, or nothing.

import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Platform } from '../platform';
import { noExtra } from './extra';
import type { Extra } from './extra';
import { stage } from './staging';
import { renderTree } from './tree';
import type { TreeFolder, LeafObjects } from './tree';
import { knownLeaves } from './unchanged';

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
  readonly visit?: (folder: TreeFolder) => void;

  /**
   * File in which a run keeps what it wrote, so that the next renders only what has changed since; not in the tree.
   * @default - everything is rendered
   */
  readonly known?: string;
}

/**
 * Writes all environments, or, when anything is wrong, nothing: the old tree stays until the new one is complete.
 * Files that have their bytes already stay as they are, times included.
 */
export function writeGitOps(
  platforms: readonly Platform[],
  folder: string,
  { extra = noExtra, only, visit, known }: WriteOptions = {},
): Written[] {
  mkdirSync(dirname(folder), { recursive: true });
  const tree = existsSync(folder) ? realpathSync(folder) : folder;
  const scratch = mkdtempSync(join(dirname(tree), `.${basename(tree)}-`)); // beside it, as a rename stays on one disk
  try {
    const staging = stage({ tree, scratch, only });
    const wanted = platforms.filter(
      ({ environment }) => only === undefined || only.includes(environment.name),
    );
    const leaves = known === undefined ? undefined : knownLeaves(known, tree, extra);
    const objects = new Map<string, number>();
    const fresh: (Pick<LeafObjects, 'platform' | 'leaf' | 'folders'> & { readonly here: number })[] = [];
    const write = (one: TreeFolder): void => {
      if (visit) visit(one);
      for (const [name, text] of one.files) staging.write(one.path, name, text);
      if (one.leaf === undefined) return;
      const { platform, leaf, folders, manifests, extra: own } = one.leaf;
      const here = manifests.length + own.length;
      count(objects, platform, here);
      fresh.push({ platform, leaf, folders, here }); // without the manifests, which would fill the memory
    };
    renderTree(wanted, extra, write, (platform, leaf) => {
      const found = leaves?.find(platform, leaf);
      if (found === undefined) return false;
      for (const [path, files] of Object.entries(found.folders))
        for (const name of Object.keys(files)) staging.keep(path, name);
      count(objects, platform, found.objects);
      return true;
    });
    staging.place();
    for (const { platform, leaf, folders, here } of fresh) {
      const files = new Map(folders.map((path) => [path, staging.namesIn(path)]));
      leaves?.note(platform, leaf, { objects: here, files });
    }
    leaves?.save();
    return wanted.map(({ environment: { name }, tenants }) => ({
      environment: name,
      tenants: tenants.length,
      objects: objects.get(name) as number,
    }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function count(objects: Map<string, number>, { environment: { name } }: Platform, here: number): void {
  const before = objects.get(name);
  objects.set(name, before === undefined ? here : before + here);
}
