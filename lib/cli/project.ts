// The user's project: where the list is, and where the tree goes.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotRun } from './io';

/** A folder with `stacks/` and `tenants/`: a clone of Stalk, or what `stalk init` made. */
export interface Project {
  readonly root: string;
  /** The module that exports environments and tenants. */
  readonly list: string;
  /** The rendered tree. */
  readonly dist: string;
  /** Objects of the user's own. */
  readonly extra: string;
}

/** Where `cdk8s synth` writes: it deletes that folder before it renders, so it must be nobody's (`output` in cdk8s.yaml). */
export const CDK8S_OUTPUT = join('build', 'cdk8s');

const LISTS = ['list.ts', 'list.js'].map((name) => join('stacks', name));

/** The project at or above `folder`. */
export function projectAt(folder: string): Project {
  const found = projectAbove(folder);
  if (found) return found;
  throw new CannotRun([
    `a project must hold stacks/list.ts, got none at or above ${folder}; ` +
      'make one with npx stalk init, or name a list with --from',
  ]);
}

function projectAbove(folder: string): Project | undefined {
  const list = LISTS.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (list !== undefined)
    return { root: folder, list, dist: join(folder, 'dist'), extra: join(folder, 'stacks', 'extra') };
  const parent = dirname(folder);
  return parent === folder ? undefined : projectAbove(parent);
}
