// `stalk new tenant`: a tenant's file, and its line in the list.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { identifierOf, place, tenantFile } from '../scaffold';
import type { NewTenant } from '../scaffold';
import { isTaken, NOT_TAKEN } from '../spec/rules/isolation';
import { isLabel } from '../spec/rules/kinds';
import { CannotRun } from './io';
import type { Io } from './io';
import { projectAt } from './project';

interface Flags {
  readonly image?: string;
  readonly module?: string;
  readonly dialect: NewTenant['dialect'];
}

const LIST = join('tenants', 'index.ts');

export const newCommand = (io: Io): Command =>
  new Command('new').summary('add a tenant to the list').addCommand(tenant(io));

const tenant = (io: Io): Command =>
  new Command('tenant')
    .summary('add a tenant to the list')
    .description('Writes tenants/<name>.ts, and adds an import and an entry to tenants/index.ts.')
    .argument('<name>', 'lower-case letters, digits and "-", up to 40')
    .option('--image <image>', 'image with a fixed tag (default: an example)')
    .option('--module <module>', 'what follows `celery -A` (default: from the name)')
    .addOption(
      new Option('--dialect <dialect>', 'how the app is told its settings')
        .choices(['celery', 'django', 'paperless'])
        .default('celery'),
    )
    .addHelpText(
      'after',
      `
Examples:
  npx stalk new tenant acme --image acme/jobs:2.4.1 --module acme.tasks
  npx stalk new tenant shop --dialect django --module shop

Exit codes:
  0  added
  2  nothing is written: there is such a tenant, or no project`,
    )
    .action((name: string, flags: Flags) => act(io, name, flags));

async function act(io: Io, name: string, flags: Flags): Promise<void> {
  const { root } = projectAt(process.cwd());
  refuseName(root, name);
  // The compiler is in it, which the other commands need not load
  const { listWith } = await import('../scaffold/list-edit');
  const list = join(root, LIST);
  const old = existsSync(list) ? readFileSync(list, 'utf8') : '';
  const { text, from, lines } = listWith(old, name, identifierOf(name));
  const file = `tenants/${name}.ts`;
  const files = new Map([[file, tenantFile(asked(name, flags), from)]]);
  if (text !== undefined) files.set(LIST, text);
  written(() => place(files, root));
  io.out(`${file}: put in its image and module`);
  if (text !== undefined) return io.out(`tenants/index.ts: ${lines.join('  ')}`);
  io.out(`tenants/index.ts holds no list that can be edited; add to it:\n  ${lines.join('\n  ')}`);
}

function refuseName(root: string, name: string): void {
  if (!isLabel(name))
    throw new CannotRun([
      `tenant must be lower-case letters, digits and "-", up to 40, got "${name}"; it becomes a namespace and a user`,
    ]);
  if (isTaken(name))
    throw new CannotRun([`tenant must ${NOT_TAKEN.wanted}, got "${name}"; ${NOT_TAKEN.fix}`]);
  const [there] = [`tenants/${name}.ts`, `tenants/${name}/`].filter((path) => existsSync(join(root, path)));
  if (there !== undefined || name === 'index')
    throw new CannotRun([`tenant must be new, got "${name}"; there is ${there ?? LIST}`]);
}

/** Example values for options that were not given: they render, and are easy to find. */
function asked(name: string, { dialect, image, module }: Flags): NewTenant {
  const word = name.replaceAll('-', '_').replace(/^(?=\d)/, 'app');
  const usual = dialect === 'celery' ? `${word}.tasks` : word;
  return { name, dialect, image: image ?? `example/${name}:1.0.0`, module: module ?? usual };
}

function written(write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([`tenants/ must be a folder that can be written, got ${(error as Error).message}`]);
  }
}
