// `stalk init`: a project of the user's own.

import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { mergedPackage, place, templates } from '../scaffold';
import type { Addition, MergedPackage } from '../scaffold';
import { CannotRun } from './io';
import type { Io } from './io';
import { NAME, ownPackage, ownSpecifier } from './own';
import { listIn } from './project';

interface Flags {
  readonly pulumi?: true;
}

export const initCommand = (io: Io): Command =>
  new Command('init')
    .summary('make a project: a list, environments, tests and CI of your own')
    .description(
      'Makes a project with one environment and one tenant: the list, tests, CI files for ' +
        'GitHub and GitLab, editor settings. Never overwrites a file; adds to package.json ' +
        'what is missing there.',
    )
    .argument('[folder]', 'where the project goes', '.')
    .option('--pulumi', 'also a Pulumi program, and the packages that it needs')
    .addHelpText(
      'after',
      `
Examples:
  npx stalk init                 in this folder
  npx stalk init tenants --pulumi

Exit codes:
  0  made
  2  nothing is made: the folder holds a project, or cannot be written`,
    )
    .action((folder: string, flags: Flags) => act(io, folder, flags));

function act(io: Io, asked: string, flags: Flags): void {
  const folder = resolve(process.cwd(), asked);
  refuseProject(folder, asked);
  const pulumi = flags.pulumi === true;
  const merged = packageOf(folder, pulumi);
  const files = templates(nameOf(folder), pulumi);
  const kept = reported(asked, () => [...files.keys()].filter((path) => isThere(join(folder, path))).sort());
  const fresh = [...files].filter(([path]) => !kept.includes(path));
  reported(asked, () => place(new Map([...fresh, ['package.json', merged.text]]), folder));
  tell(io, { asked, folder, pulumi, written: fresh.length + 1, kept, entries: merged.kept });
}

/** True also for a link that leads nowhere. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function refuseProject(folder: string, asked: string): void {
  const list = listIn(folder);
  if (list === undefined) return;
  throw new CannotRun([
    `folder must hold no project yet, got ${asked} with ${relative(folder, list)}; ` +
      'add a tenant with npx stalk new tenant, or choose another folder',
  ]);
}

function packageOf(folder: string, pulumi: boolean): MergedPackage {
  const file = join(folder, 'package.json');
  const old = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  try {
    return mergedPackage(old, nameOf(folder), additionOf(folder, pulumi));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CannotRun([
      `package.json must hold valid JSON, got: ${error.message}; mend it, or move it away`,
    ]);
  }
}

/** npm and Pulumi take no capitals, and few signs, in a name. */
function nameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'tenants' : name;
}

const PULUMI = ['@pulumi/kubernetes', '@pulumi/pulumi'];

function additionOf(folder: string, pulumi: boolean): Addition {
  const { tested } = ownPackage();
  const exact = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, String(tested[name])]));
  return {
    scripts: {
      check: 'stalk check',
      synth: 'stalk synth',
      // Node's own runner: nothing to install, and nothing to keep up to date
      test: `node --require ${NAME}/register --test test/*.test.ts`,
    },
    dependencies: { ...(pulumi && exact(PULUMI)), [NAME]: ownSpecifier(folder) },
    devDependencies: exact(['@types/node']),
  };
}

function reported<T>(asked: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([
      `folder must be one that can be written, got ${asked}: ${(error as Error).message}`,
    ]);
  }
}

interface Told {
  readonly asked: string;
  readonly folder: string;
  readonly pulumi: boolean;
  readonly written: number;
  readonly kept: readonly string[];
  /** Of package.json. */
  readonly entries: readonly string[];
}

function tell(io: Io, { asked, folder, pulumi, written, kept, entries }: Told): void {
  const here = folder === process.cwd();
  io.out(`made a project in ${here ? 'this folder' : asked}: ${written} files`);
  if (kept.length > 0) io.out(`kept, as they were there: ${kept.join(', ')}`);
  if (entries.length > 0) io.out(`kept in package.json, as it was there: ${entries.join(', ')}`);
  const steps = [
    ...(here ? [] : [`cd ${asked}`]),
    'npm install',
    'npx stalk synth              # render dist/',
    'npm test                     # the first run writes test/workloads.txt',
    'npx stalk check              # what CI runs',
    ...(pulumi ? ['pulumi stack init dev && pulumi preview'] : []),
    'git add --all && git commit  # dist/ and package-lock.json with it',
  ];
  io.out(`\nNext:\n${steps.map((step) => `  ${step}`).join('\n')}\n`);
  io.out(`tenants/hello.ts and stacks/environments.ts are examples: put in your own.`);
  io.out(`The manual: node_modules/${NAME}/docs/project.md`);
}
