// `stalk adopt`: a tenant from what runs today.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { adopted, AdoptError, inventoryOf, liveInventory } from '../adopt';
import type { Inventory, SourceText } from '../adopt';
import { place } from '../scaffold';
import { isTaken } from '../spec/rules/isolation';
import { isLabel } from '../spec/rules/kinds';
import { show } from '../spec/rules';
import { connectedTo } from './connected';
import { CannotRun } from './io';
import type { Io } from './io';

interface Flags {
  readonly context?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly out?: string;
}

export const adoptCommand = (io: Io): Command =>
  new Command('adopt')
    .summary('write a tenant from what runs today')
    .description(
      'Reads Kubernetes YAML, a rendered chart, Compose files or a live namespace, and writes a tenant as TypeScript: ' +
        'comments say where each value comes from, what is a guess, what could not be said, what Stalk does otherwise ' +
        'and what to check in the app.',
    )
    .argument('[files...]', 'files of one kind; - reads what comes through a pipe')
    .option('--namespace <name>', 'read this namespace of a live cluster instead of files')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--name <name>', 'name of the tenant (default: from the files)')
    .option('--out <file>', 'write it there, such as tenants/shop.ts; never over a file')
    .addHelpText('after', HELP)
    .action((files: string[], flags: Flags) => run(io, files, flags));

const HELP = `
Examples:
  npx stalk adopt k8s/*.yaml --out tenants/shop.ts
  helm template shop ./chart -f prod.yaml | npx stalk adopt - --name shop
  npx stalk adopt docker-compose.yml compose.prod.yml
  npx stalk adopt --context prod --namespace shop --out tenants/shop.ts

The tenant goes to stdout, or to --out; a summary goes to stderr. Beside a
Compose file, .env and env_file are read too. A password that stands in a file
is never written: the tenant names a Secret instead, and the summary says which
key it needs. A live namespace is read with your kubeconfig's rights, and its
Secrets are not read.

What to do with it: read the comments, put in what "guess:" stands at, add the
tenant to tenants/index.ts, then npx stalk check (docs/adopt.md).

Exit codes:
  0  written
  2  nothing is written: no such file, nothing in it that runs, or the file of
     --out is there`;

async function run(io: Io, files: readonly string[], flags: Flags): Promise<void> {
  const lines = [...refusedUse(files, flags), ...refusedName(flags.name), ...refusedOut(flags.out)];
  if (lines.length > 0) throw new CannotRun(lines);
  const inventory =
    flags.namespace === undefined ? fromFiles(files) : await fromCluster(flags, flags.namespace);
  const name = flags.name ?? nameOfOut(flags.out);
  const sources = flags.namespace === undefined ? files.map(sourceName) : [`namespace ${flags.namespace}`];
  const { text, summary } = orCannotRun(() =>
    adopted(inventory, { sources, from: contractFor(flags.out), ...(name !== undefined && { name }) }),
  );
  if (flags.out === undefined) io.out(text.trimEnd());
  else write(flags.out, text);
  io.err(flags.out === undefined ? summary : `${flags.out}: ${summary}`);
}

function refusedUse(files: readonly string[], { namespace, context }: Flags): readonly string[] {
  if (files.length > 0 && namespace !== undefined)
    return ['adopt must read files or a namespace, got both; leave out one of them'];
  if (files.length === 0 && namespace === undefined)
    return [
      context === undefined
        ? 'adopt must be given files, - or --namespace, got none; see npx stalk adopt --help'
        : 'adopt --context must come with --namespace, got none; name the namespace',
    ];
  if (files.length > 0 && context !== undefined)
    return ['adopt must read files or a context, got both; leave out one of them'];
  return files
    .filter((file) => file !== '-' && !isFile(file))
    .map(
      (file) =>
        `files must be there to read, got ${show(file)}; ${existsSync(file) ? 'it is a folder: name the files in it' : 'there is no such file'}`,
    );
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

function refusedName(name: string | undefined): readonly string[] {
  if (name === undefined || (isLabel(name) && !isTaken(name))) return [];
  return [
    `--name must be lower-case letters, digits and "-", up to 40, and no name of Kubernetes, got ${show(name)}; it becomes a namespace and a user`,
  ];
}

const refusedOut = (out: string | undefined): readonly string[] =>
  out !== undefined && existsSync(out)
    ? [`--out must be a new file, got ${show(out)}, which is there; name another, or move it away`]
    : [];

/** `tenants/shop.ts` is the tenant shop. */
function nameOfOut(out: string | undefined): string | undefined {
  const name = out === undefined ? '' : basename(out).replace(/\.[cm]?ts$/, '');
  return isLabel(name) && !isTaken(name) && name !== 'index' ? name : undefined;
}

const sourceName = (file: string): string => (file === '-' ? 'standard input' : file);

const STDIN = 0;

function fromFiles(files: readonly string[]): Inventory {
  const texts = files.map((file): SourceText => ({
    name: sourceName(file),
    text: readFileSync(file === '-' ? STDIN : file, 'utf8'),
  }));
  const folder = dirname(String(files.find((file) => file !== '-') ?? '.'));
  const beside = (path: string): string | undefined => {
    const file = resolve(folder, path);
    return isFile(file) ? readFileSync(file, 'utf8') : undefined;
  };
  return orCannotRun(() => inventoryOf(texts, beside));
}

async function fromCluster({ context }: Flags, namespace: string): Promise<Inventory> {
  const cluster = await connectedTo(context);
  try {
    return await liveInventory(cluster, namespace);
  } catch (error) {
    throw error instanceof AdoptError ? new CannotRun(error.lines) : error;
  }
}

function orCannotRun<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof AdoptError ? new CannotRun(error.lines) : error;
  }
}

/** In a clone of Stalk the contract is beside the tenants. */
function contractFor(out: string | undefined): string {
  const list = join(out === undefined ? 'tenants' : dirname(out), 'index.ts');
  const text = existsSync(list) ? readFileSync(list, 'utf8') : '';
  const [, from] = /import type \{[^}]*\bTenant\b[^}]*\} from '([^']+)'/.exec(text) ?? [];
  return from ?? '@stalk/stalk';
}

function write(out: string, text: string): void {
  try {
    place(new Map([[basename(out), text]]), dirname(out));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([`--out must lie in a folder that can be written, got ${(error as Error).message}`]);
  }
}
