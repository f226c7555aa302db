// `stalk compose`: tenants on a laptop.

import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import type { Platform } from '..';
import { composeText, differencesOf, projectOf, TwoOfAName } from '../compose';
import type { ComposeProject, ComposeProps } from '../compose';
import { nearest } from '../spec/nearest';
import { show } from '../spec/rules';
import { RENDERED, writeProject } from './compose-folder';
import { CannotRun } from './io';
import type { Io } from './io';
import { environmentNamed, FROM, platformsOfList, tenantsNamed } from './list';
import { projectAt } from './project';

interface Flags {
  readonly env?: string;
  readonly out?: string;
  readonly build: readonly string[];
  readonly name: readonly string[];
  readonly publish: readonly string[];
  readonly from?: string;
}

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const composeCommand = (io: Io): Command =>
  new Command('compose')
    .summary('write a compose.yaml: a tenant on a laptop')
    .description(
      'Writes a project of Docker Compose that runs a tenant as the cluster does: its Redis with the same redis.conf and ' +
        'users, migrations, workers, beat, web, Flower and cache. Tenants that are named together share what they share in ' +
        'the cluster. Passwords are made once, into .env.',
    )
    .argument('<tenant...>', 'names of tenants')
    .option(
      '--env <name>',
      'environment whose tenants they are (default: the only one, or the only disposable one)',
    )
    .option('--out <folder>', 'where the project goes (default: compose/<tenant>/ of the project)')
    .option(
      '--build <context>',
      'build the image from this folder, not pull it; <tenant>=<context> for several',
      collected,
      [],
    )
    .option('--name <service=name>', 'call a service otherwise', collected, [])
    .option(
      '--publish <service=port>',
      'port, or range of ports, of the laptop (default: the port of the service)',
      collected,
      [],
    )
    .option(FROM.flags, FROM.help)
    .addHelpText(
      'after',
      `
Examples:
  npx stalk compose acme
  cd compose/acme && docker compose up -d --scale worker-default=3

  npx stalk compose acme globex --env dev --out /tmp/two
  npx stalk compose acme --build ../acme --name worker-default=worker
  npx stalk compose acme --publish web=8000-8009    for --scale web=3

What is yours goes into compose.override.yaml beside it, which is never written.
docs/compose.md has the rest.

Exit codes:
  0  written
  2  nothing is written: wrong use, a broken rule, or files of your own there`,
    )
    .action((names: readonly string[], flags: Flags) => act(io, names, flags));

function act(io: Io, names: readonly string[], flags: Flags): void {
  const platform = chosen(platformsOfList(flags.from), flags.env);
  const tenants = tenantsNamed(platform, names);
  const folder = folderOf(
    flags,
    tenants.map(({ name }) => name),
  );
  const asked: ComposeProps = {
    tenants,
    names: pairs('--name', flags.name),
    published: pairs('--publish', flags.publish),
    contexts: contextsOf(
      flags.build,
      tenants.map(({ name }) => name),
      folder,
    ),
  };
  const project = made(asked);
  refuseNames(asked, project);
  const differences = differencesOf(tenants, project);
  const head = [
    `${RENDERED}: ${commandOf(
      tenants.map(({ name }) => name),
      platform,
      flags,
    )}`,
    'Run it again after a change. What is yours goes into compose.override.yaml.',
    ...differences,
  ];
  const added = written(() => writeProject(folder, project, composeText(project, head)));
  io.out(`${shortly(folder)}/compose.yaml: ${[...project.services.keys()].join(', ')}`);
  for (const { name, about } of added.values.filter((value) => value.made === 'yours'))
    io.out(`${shortly(folder)}/.env: fill in ${name} (${about})`);
  for (const path of added.files)
    io.out(`${shortly(folder)}/${path}: fill in (${String(project.yours.get(path))})`);
  for (const line of differences) io.err(line);
  io.err(`Start it: cd ${shortly(folder)} && docker compose up -d`);
}

function chosen(platforms: readonly Platform[], asked: string | undefined): Platform {
  if (asked !== undefined) return environmentNamed(platforms, asked);
  const disposable = platforms.filter(({ environment }) => environment.disposable);
  const [found] = [platforms, disposable].filter(({ length }) => length === 1).flat();
  if (found) return found;
  const known = platforms.map(({ environment }) => show(environment.name)).join(', ');
  throw new CannotRun([`--env must be one of ${known}, got nothing; several could be meant`]);
}

const folderOf = ({ out, from }: Flags, names: readonly string[]): string => {
  if (out !== undefined) return resolve(out);
  return join(from === undefined ? projectAt(process.cwd()).root : process.cwd(), 'compose', names.join('-'));
};

const shortly = (folder: string): string => {
  const path = relative(process.cwd(), folder);
  return path.startsWith('..') || path === '' ? (path === '' ? '.' : folder) : path;
};

function pairs(option: string, texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const [name = '', value = '', ...more] = text.split('=');
      if (name === '' || value === '' || more.length > 0)
        throw new CannotRun([`${option} must be two words with = between them, got ${show(text)}`]);
      return [name, value] as const;
    }),
  );
}

/** As compose.yaml says it: from its own folder. */
function contextsOf(
  texts: readonly string[],
  tenants: readonly string[],
  folder: string,
): ReadonlyMap<string, string> {
  const [only, ...more] = tenants;
  const asked = pairs(
    '--build',
    texts.map((text) => (text.includes('=') || more.length > 0 ? text : `${only}=${text}`)),
  );
  const [stranger] = [...asked.keys()].filter((name) => !tenants.includes(name));
  if (stranger !== undefined)
    throw new CannotRun([
      `--build must name one of ${tenants.map(show).join(', ')} before =, got ${show(stranger)}`,
    ]);
  return new Map(
    [...asked].map(([tenant, path]) => [
      tenant,
      `./${relative(folder, resolve(path))}`.replace(/^\.\/(?=\.\.)/, ''),
    ]),
  );
}

function made(asked: ComposeProps): ComposeProject {
  try {
    return projectOf(asked);
  } catch (error) {
    throw error instanceof TwoOfAName ? new CannotRun([error.message]) : error;
  }
}

const SERVICE = /^[a-z0-9][a-z0-9._-]*$/;
const PORTS = /^\d{1,5}(-\d{1,5})?$/;

function refuseNames({ names, published }: ComposeProps, { known, services }: ComposeProject): void {
  const called = [...services.keys()];
  const lines = [
    ...[...names.keys()]
      .filter((name) => !known.includes(name))
      .map((name) => stranger('--name', name, known)),
    ...[...names.values()]
      .filter((name) => !SERVICE.test(name))
      .map((name) => `--name must give lower-case letters, digits, ".", "_" and "-", got ${show(name)}`),
    ...[...published]
      .filter(([name]) => !called.includes(name))
      .map(([name]) => stranger('--publish', name, called)),
    ...[...published]
      .filter(([, ports]) => !PORTS.test(ports))
      .map(([, ports]) => `--publish must give a port or a range as 8000-8009, got ${show(ports)}`),
    ...(services.size < known.length
      ? [`services must have names of their own, got two of one name; choose others with --name`]
      : []),
  ];
  if (lines.length > 0) throw new CannotRun(lines);
}

function stranger(option: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `${option} must name one of ${known.map(show).join(', ')}, got ${show(name)}${near === undefined ? '' : `; did you mean ${show(near)}`}`;
}

/** To write the same file again. */
const commandOf = (names: readonly string[], { environment }: Platform, flags: Flags): string =>
  [
    `stalk compose ${names.join(' ')} --env ${environment.name}`,
    ...flags.build.map((text) => `--build ${text}`),
    ...flags.name.map((text) => `--name ${text}`),
    ...flags.publish.map((text) => `--publish ${text}`),
  ].join(' ');

function written<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new CannotRun([`--out must be a folder that can be written, got ${(error as Error).message}`]);
  }
}
