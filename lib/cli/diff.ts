// `stalk diff`: what the list would change, and what that does to a cluster.

import { basename, dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import {
  diffOf,
  DiffError,
  itemsOf,
  diffJson,
  liveSides,
  diffMarkdown,
  readTree,
  sideOf,
  sidesOf,
  diffText,
} from '../diff';
import type { Diff, Files, Source, ObjectTree } from '../diff';
import { show } from '../spec/rules';
import { connectedTo } from './connected';
import { CannotRun, EXIT } from './io';
import type { Exit, Io } from './io';
import { environmentNamed, FROM, platformsOfList } from './list';
import { projectAt } from './project';
import { filesAt } from './revision';
import { filesIn, filesOf } from './trees';

interface Flags {
  readonly env?: string;
  readonly against?: string;
  readonly live?: true;
  readonly context?: string;
  readonly markdown?: true;
  readonly json?: true;
  readonly all?: true;
  readonly dist?: string;
  readonly from?: string;
}

export const diffCommand = (io: Io, end: (exit: Exit) => void): Command =>
  new Command('diff')
    .summary('say what the list would change, and what that does')
    .description(
      'Renders the list and compares it with dist/, a Git revision or a cluster: which\n' +
        'objects change, which pods roll and why, what restarts or runs again, what cannot\n' +
        'be applied and what to do instead. Changes nothing, and shows no secret.',
    )
    .argument('[tenant...]', 'names of tenants (default: everything)')
    .option('--env <name>', 'one environment (default: all)')
    .addOption(new Option('--against <revision>', 'compare with dist/ of a Git revision').conflicts('live'))
    .option('--live', 'compare with a cluster; needs --env')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--dist <folder>', 'the rendered tree (default: dist/)')
    .addOption(new Option('--markdown', 'for a comment on a merge request').conflicts('json'))
    .option('--json', 'for programs: docs/upgrades.md has its shape')
    .option('--all', 'every object with every field')
    .option(FROM.flags, FROM.help)
    .addHelpText('after', HELP)
    .action(async (names: string[], flags: Flags) => end(await run(io, names, flags)));

const HELP = `
Examples:
  npx stalk diff                         what a synth would change in dist/
  npx stalk diff acme --env production   of one tenant
  npx stalk diff --against origin/main   what a merge request changes
  npx stalk diff --live --env dev        what an apply would change

In CI, where differences are no failure:
  npx stalk diff --against origin/main --markdown > diff.md || [ $? -eq 1 ]

Exit codes:
  0  no differences
  1  differences
  2  cannot run: a broken list, no such revision, no cluster`;

async function run(io: Io, names: readonly string[], flags: Flags): Promise<Exit> {
  const found = await diffErrorsAsLines(() => compared(names, flags));
  io.out(outputOf(found, flags));
  return found.changes.length === 0 ? EXIT.ok : EXIT.failed;
}

async function diffErrorsAsLines<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DiffError ? new CannotRun(error.problems) : error;
  }
}

function outputOf(found: Diff, flags: Flags): string {
  if (flags.json) return diffJson(found);
  return flags.markdown ? diffMarkdown(found) : diffText(found, { all: flags.all === true });
}

async function compared(names: readonly string[], flags: Flags): Promise<Diff> {
  const { dist, extra } = placesOf(flags);
  const all = platformsOfList(flags.from);
  const chosen = flags.env === undefined ? all : [environmentNamed(all, flags.env)];
  const fresh = readTree(filesOf(all, chosen, extra));
  if (flags.live) return live(fresh, names, flags);
  const { name, files } = committed(dist, flags);
  const old = readTree(flags.env === undefined ? files : below(files, flags.env));
  refuseStrangers(names, [...fresh.sources, ...old.sources]);
  const [before, after] = sidesOf(
    { name, tree: only(old, names) },
    { name: 'the list', tree: only(fresh, names) },
  );
  return diffOf(before, after);
}

function placesOf({ from, dist, live }: Flags): { readonly dist: string; readonly extra: string } {
  if (from === undefined) {
    const project = projectAt(process.cwd());
    return { dist: dist === undefined ? project.dist : resolve(dist), extra: project.extra };
  }
  if (dist === undefined && !live)
    throw new CannotRun([
      '--dist must be given with --from, got nothing; dist/ belongs to stacks/list.ts, so name the tree of that list',
    ]);
  return { dist: resolve(dist ?? 'dist'), extra: join(dirname(resolve(from)), 'extra') };
}

function committed(dist: string, { against }: Flags): { readonly name: string; readonly files: Files } {
  const name = `${basename(dist)}/`;
  return against === undefined
    ? { name, files: filesIn(dist) }
    : { name: `${name} at ${against}`, files: filesAt(against, dist) };
}

async function live(fresh: ObjectTree, names: readonly string[], { env, context }: Flags): Promise<Diff> {
  if (env === undefined)
    throw new CannotRun(['--live must come with --env, got none; say whose cluster it is: --env dev']);
  refuseStrangers(names, fresh.sources);
  const cluster = await connectedTo(context);
  const items = itemsOf(only(fresh, names).sources);
  const { before, after, notes } = await liveSides(cluster, items, names.length === 0);
  return diffOf(
    sideOf(`cluster ${cluster.context}`, before),
    sideOf('the list', after, [...fresh.notes, ...notes]),
  );
}

const below = (files: Files, environment: string): Files =>
  new Map([...files].filter(([path]) => path.startsWith(`${environment}/`)));

const only = (tree: ObjectTree, names: readonly string[]): ObjectTree =>
  names.length === 0
    ? tree
    : { ...tree, sources: tree.sources.filter(({ folder }) => names.includes(tenantOf(folder))) };

const tenantOf = (folder: string): string => folder.replace(/^tenants\//, '');

/** A tenant that left is no stranger: it is in the old tree. */
function refuseStrangers(names: readonly string[], sources: readonly Source[]): void {
  const folders = sources.map(({ folder }) => folder).filter((folder) => folder.startsWith('tenants/'));
  const known = [...new Set(folders.map(tenantOf))];
  const strangers = names.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new CannotRun(
      strangers.map(
        (name) => `tenant must be in the list or in dist/, got ${show(name)}; there are ${known.join(', ')}`,
      ),
    );
}
