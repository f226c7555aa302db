// `stalk synth`: every environment into the GitOps tree.

import { join } from 'node:path';
import { Command } from 'commander';
import { writeGitOps } from '..';
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
      for (const { environment, tenants, objects } of writeGitOps(listed(from), out)) {
        io.out(`${environment}: ${tenants} tenants, ${objects} objects`);
      }
    });
