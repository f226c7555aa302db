// `stalk acl`: the users that somebody else has to make on a Redis that Stalk does not run.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { strategyOf } from '../plan/secrets/strategies';
import type { Platform } from '..';
import { literalPassword } from '../redis';
import { accessString, aclServers, setUser } from '../redis/acl-servers';
import type { AclServer, AclUser } from '../redis/acl-servers';
import { show } from '../spec/rules';
import { CannotRun } from './io';
import type { Io } from './io';
import { environmentNamed, FROM, platformsOfList } from './list';

interface Options {
  readonly env: string;
  readonly passwords?: string;
  readonly as: 'commands' | 'access-strings';
  readonly from?: string;
}

export const aclCommand = (io: Io): Command =>
  new Command('acl')
    .summary('print the ACL users that a Redis of somebody else needs')
    .description(
      'Prints a line for each user of the tenants on a server of topology external that has no username: ACL SETUSER, ' +
        'with hashes in place of passwords. Whoever runs the server applies them, as often as they like: a line makes a ' +
        'user, or brings it to its rules, and closes no connection. Run it again after each change of the list.',
    )
    .argument(
      '[server]',
      'host:port, or the name of a shared broker or a tenant (default: the only one there is)',
    )
    .requiredOption('--env <name>', 'environment of the tenants')
    .option(
      '--passwords <file>',
      'JSON object of passwords by user, <user>.next beside it in a rotation; - reads stdin. Without it a line has a ' +
        'place for the hash, and Redis refuses it as it stands',
    )
    .addOption(
      new Option(
        '--as <form>',
        'commands of Redis, or the access strings of ElastiCache and MemoryDB, one user a line',
      )
        .choices(['commands', 'access-strings'])
        .default('commands'),
    )
    .option(FROM.flags, FROM.help)
    .addHelpText(
      'after',
      `
Examples:
  npx stalk acl --env production
  npx stalk acl main --env production --passwords passwords.json |
    redis-cli -h redis.example.com --user admin
  npx stalk acl main --env production --as access-strings

docs/external-redis.md says what each service takes.`,
    )
    .action((name: string | undefined, options: Options) => act(io, name, options));

function act(io: Io, name: string | undefined, { env, passwords, as, from }: Options): void {
  const platform = environmentNamed(platformsOfList(from), env);
  const { server, users } = chosen(aclServers(platform.tenants), name, env);
  io.err(`${server}: ${users.length} users`);
  if (as === 'access-strings') for (const user of users) io.out(`${user.name} ${accessString(user)}`);
  else {
    const known = passwords === undefined ? literals(platform, users) : given(passwords, users);
    for (const user of users) io.out(setUser(user, known.get(user.name) ?? []));
  }
}

function chosen(servers: readonly AclServer[], name: string | undefined, env: string): AclServer {
  const found =
    name === undefined ? servers : servers.filter((one) => [one.server, ...one.names].includes(name));
  const [first, ...more] = found;
  if (first !== undefined && more.length === 0) return first;
  if (servers.length === 0)
    throw new CannotRun([
      `environment ${show(env)} must have a Redis of topology external without username, got none; users of all others are made already`,
    ]);
  const all = servers.map((one) => `${one.server} (${one.names.join(', ')})`).join(', ');
  throw new CannotRun([`server must be one of ${all}, got ${name === undefined ? 'none' : show(name)}`]);
}

const hash = (password: string): string => createHash('sha256').update(password).digest('hex');

type Hashes = ReadonlyMap<string, readonly string[]>;

/** Passwords made of names are known here. */
const literals = ({ environment }: Platform, users: readonly AclUser[]): Hashes =>
  strategyOf(environment).makesAppSecrets
    ? new Map(users.map(({ name, of }) => [name, [hash(literalPassword(environment.name, of, name))]]))
    : new Map();

function given(file: string, users: readonly AclUser[]): Hashes {
  const passwords = parsed(file);
  const missing = users.filter(({ name }) => !isPassword(passwords[name])).map(({ name }) => show(name));
  if (missing.length > 0)
    throw new CannotRun([`--passwords must hold a password of each user, got none of ${missing.join(', ')}`]);
  return new Map(
    users.map(({ name }) => [
      name,
      [passwords[name], passwords[`${name}.next`]].filter(isPassword).map(hash),
    ]),
  );
}

const isPassword = (value: unknown): value is string => typeof value === 'string' && value !== '';

function parsed(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // what stands in it may be a password, so its words are not repeated
  }
  throw new CannotRun([`--passwords must name a JSON object of passwords by user, got ${show(file)}`]);
}
