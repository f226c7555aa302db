// `stalk synth`: every environment into the GitOps tree.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { writeGitOps } from '..';
import { readExtra } from '../output/extra';
import type { Written } from '../output/gitops';
import { chosenByCdk8s } from '../output/cdk8s';
import { strangerFilesIn } from '../output/strangers';
import type { TreeFolder } from '../output/tree';
import { toYaml } from '../output/yaml';
import { CannotRun } from './io';
import type { Io } from './io';
import { environmentNamed, FROM, platformsOfList } from './list';
import { CDK8S_OUTPUT, projectAt } from './project';

interface Flags {
  readonly out?: string;
  readonly from?: string;
  readonly env?: readonly string[];
}

export const synthCommand = (io: Io): Command =>
  new Command('synth')
    .summary('render every environment into the GitOps tree')
    .description(
      'Renders every environment with its tenants, and the objects in stacks/extra/.\n' +
        'When anything is wrong, the old tree stays as it was.',
    )
    .option('--env <name...>', 'only these; the folders of the others stay as they are')
    .option('--out <folder>', 'where the tree goes (default: dist/ of the project)')
    .option(FROM.flags, FROM.help)
    .addHelpText(
      'after',
      `
Examples:
  npx stalk synth                       dist/<environment>/…
  npx stalk synth --env dev             dist/dev/ alone
  npx stalk synth --out /tmp/tree       the same elsewhere, to compare

Exit codes:
  0  written
  2  a tenant or an environment breaks a rule (all that are broken are named),
     or wrong use`,
    )
    .action((flags: Flags) => act(io, flags));

function act(io: Io, flags: Flags): void {
  const { tree, streams, extra, known } = placesOf(flags);
  const platforms = platformsOfList(flags.from);
  const only = flags.env?.map((name) => environmentNamed(platforms, name).environment.name);
  const options = { extra: readExtra(extra, platforms), ...(only && { only }) };
  written(() => refuseToDelete(tree, only));
  if (streams === undefined) {
    const asked = { ...options, ...(known !== undefined && { known }) };
    for (const one of written(() => writeGitOps(platforms, tree, asked))) io.out(summaryOf(one));
    return;
  }
  const texts = new Map<string, string>();
  const all = written(() => writeGitOps(platforms, tree, { ...options, visit: gather(texts) }));
  mkdirSync(streams, { recursive: true });
  for (const [name, text] of texts) writeFileSync(join(streams, `${name}.yaml`), text);
  // The cdk8s CLI keeps what its app prints on stdout to itself
  for (const one of all) io.err(`dist/${summaryOf(one)}`);
}

interface Places {
  readonly tree: string;
  /** Where a file for each environment goes as well; absent where nobody asks for one. */
  readonly streams?: string;
  readonly extra: string;
  /** Where the run keeps what it wrote; absent for a tree that is not the project's own. */
  readonly known?: string;
}

/** Beside what other tools keep between runs; no Git has it. */
const KNOWN = join('node_modules', '.cache', 'stalk', 'synth.json');

function placesOf({ out, from }: Flags): Places {
  const asked = out ?? chosenByCdk8s();
  if (from === undefined) {
    const { root, dist, extra } = projectAt(process.cwd());
    if (asked === undefined) return { tree: dist, extra, known: join(root, KNOWN) };
    const chosen = resolve(asked);
    return chosen === join(root, CDK8S_OUTPUT)
      ? { tree: dist, streams: chosen, extra }
      : { tree: chosen, extra };
  }
  if (asked !== undefined) return { tree: resolve(asked), extra: join(dirname(resolve(from)), 'extra') };
  throw new CannotRun([
    '--out must be given with --from, got nothing; dist/ belongs to stacks/list.ts, so choose another folder',
  ]);
}

/** All objects of an environment as one text, which validation plugins of cdk8s read. */
const gather =
  (texts: Map<string, string>) =>
  ({ leaf, files }: TreeFolder): void => {
    if (leaf === undefined) return;
    const { name } = leaf.platform.environment;
    const own = [...files].flatMap(([file, text]) => (file === 'kustomization.yaml' ? [] : [text]));
    const objects = [...own, ...leaf.programs.map(toYaml)];
    texts.set(name, [...(texts.has(name) ? [texts.get(name)] : []), ...objects].join('---\n'));
  };

const summaryOf = ({ environment, tenants, objects }: Written): string =>
  `${environment}: ${counted(tenants, 'tenant')}, ${counted(objects, 'object')}`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Enough to see whose folder it is. */
const SHOWN = 3;

/** A home, a repository or somebody's notes would be gone with the old tree. */
function refuseToDelete(tree: string, only: readonly string[] | undefined): void {
  const folders = only === undefined ? [tree] : only.map((name) => join(tree, name));
  const strangers = folders.flatMap((folder) =>
    strangerFilesIn(folder).map((name) => join(relative(tree, folder), name)),
  );
  if (strangers.length === 0) return;
  const more = strangers.length > SHOWN ? ` and ${strangers.length - SHOWN} more` : '';
  throw new CannotRun([
    `${tree} must be a new folder or an older tree, as it is replaced whole, got files that no synth has written: ` +
      `${strangers.slice(0, SHOWN).join(', ')}${more}; move them, objects to stacks/extra/, or choose another --out`,
  ]);
}

/** Errors of the file system become messages: the user can mend them. */
function written<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([`--out must be a folder that can be written, got ${(error as Error).message}`]);
  }
}
