// `stalk synth`: every environment into the GitOps tree.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { writeGitOps } from '..';
import { CannotRun } from './io';
import type { Io } from './io';
import { FROM, listed } from './list';

const DIST = join(__dirname, '..', '..', 'dist');

export const synth = (io: Io): Command =>
  new Command('synth')
    .summary('render every environment into the GitOps tree')
    .description(
      'Renders every environment with its tenants. When anything is wrong, the old tree stays as it was.',
    )
    .option('--out <folder>', 'where the tree goes (default: dist/ of the repository)')
    .option(FROM.flags, FROM.help)
    .addHelpText(
      'after',
      `
Examples:
  npx stalk synth                       dist/<environment>/…
  npx stalk synth --out /tmp/tree       the same elsewhere, to compare

Exit codes:
  0  written
  2  a tenant or an environment breaks a rule (all that are broken are named), or wrong use`,
    )
    .action(({ out = DIST, from }: { readonly out?: string; readonly from?: string }) => {
      const strangers = out === DIST ? [] : strangersIn(out);
      if (strangers.length > 0)
        throw new CannotRun([
          `--out must be a new folder or an older tree, as it is replaced whole, got ${out} with ${strangers.slice(0, SHOWN).join(', ')}; choose another`,
        ]);
      for (const { environment, tenants, objects } of written(listed(from), out)) {
        io.out(`${environment}: ${tenants} tenants, ${objects} objects`);
      }
    });

/** Enough to see whose folder it is. */
const SHOWN = 3;

/** What no synth has written: a home or a repository would be gone with the old tree. */
function strangersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return ['a file of that name'];
  return readdirSync(folder).filter((name) => !existsSync(join(folder, name, 'kustomization.yaml')));
}

function written(...[platforms, folder]: Parameters<typeof writeGitOps>): ReturnType<typeof writeGitOps> {
  try {
    return writeGitOps(platforms, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([`--out must be a folder that can be written, got ${(error as Error).message}`]);
  }
}
