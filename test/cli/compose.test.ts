// `stalk compose` as a person uses it: a folder that comes up, its passwords, and what it will not touch.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import { main } from '../../lib/cli/main';
import { plain, tenantOf } from '../support/synth';

let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'stalk-compose-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const shared: Environment = {
  ...plain,
  disposable: true,
  secrets: { strategy: 'literal' },
  brokers: { main: { topology: 'standalone' } },
};
const acme = tenantOf({
  name: 'acme',
  broker: { shared: 'main' },
  web: { command: ['serve'], port: 8000 },
  env: { KEY: { secret: 'app-secrets', key: 'key' } },
});
const globex = tenantOf({ name: 'globex', broker: { shared: 'main' } });

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function compose(
  argv: readonly string[],
  environments = [shared],
  tenants: readonly Tenant[] = [acme, globex],
): Promise<Said> {
  const list = join(scratch, `list-${Math.random()}.js`);
  writeFileSync(list, `module.exports = ${JSON.stringify({ environments, tenants })}`);
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string): number => err.push(text);
  const code = await main(['compose', ...argv, '--from', list, '--out', project()], {
    out: (text) => out.push(text),
    err: complain,
    progress: complain,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const project = (...path: readonly string[]): string => join(scratch, 'laptop', ...path);
const text = (...path: readonly string[]): string => readFileSync(project(...path), 'utf8');
const passwords = (): string[] =>
  text('.env')
    .split('\n')
    .filter((line) => /^[A-Z_]+=./.test(line));

test('writes a project, says its services, and what is to be filled in', async () => {
  const { code, out, err } = await compose(['acme']);

  expect(code).toBe(0);
  expect(out).toContain('compose.yaml: prepare-volumes, redis, worker-default, web');
  expect(out).toContain('.env: fill in APP_SECRETS_KEY (Secret app-secrets, key key)');
  expect(err).toContain('docker compose up -d');
  expect(text('compose.yaml')).toMatch(/^# Rendered by Stalk: stalk compose acme --env test\n/);
  expect(text('.gitignore')).toBe('.env\n');
});

test('passwords are random, 32 characters, and only their owner reads them on this machine', async () => {
  await compose(['acme']);

  const values = passwords().map((line) => line.split('=')[1]);

  expect(new Set(values).size).toBe(3);
  for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(values).toContain(text('stalk', 'secrets', 'redis', 'acme'));
  expect(statSync(project('.env')).mode & 0o777).toBe(0o600);
  expect(statSync(project('stalk', 'secrets')).mode & 0o777).toBe(0o700);
  expect(statSync(project('stalk', 'secrets', 'redis', 'acme')).mode & 0o777).toBe(0o644);
});

test('a second run changes no byte', async () => {
  await compose(['acme']);
  const before = [text('compose.yaml'), text('.env')];

  await compose(['acme']);

  expect([text('compose.yaml'), text('.env')]).toEqual(before);
});

test('values that are there stay, filled in or not; another tenant adds its own', async () => {
  await compose(['acme', 'globex']);
  writeFileSync(
    project('.env'),
    `MINE=1\n${text('.env').replace('#ACME_APP_SECRETS_KEY=', 'ACME_APP_SECRETS_KEY=x')}`,
  );
  const before = text('.env');

  const third = tenantOf({ name: 'initech', broker: { shared: 'main' } });
  const { out } = await compose(['acme', 'globex', 'initech'], [shared], [acme, globex, third]);

  expect(out).not.toContain('fill in');
  expect(text('.env').startsWith(before)).toBe(true);
  expect(text('.env').slice(before.length)).toMatch(/MAIN_REDIS_PASSWORD_INITECH=/);
});

test('files of the reader’s own stay, and files that no service mounts any more go', async () => {
  await compose(['acme', 'globex']);
  writeFileSync(project('compose.override.yaml'), 'services: {}\n');

  await compose(['acme']);

  expect(text('compose.override.yaml')).toBe('services: {}\n');
  expect(readdirSync(project('stalk')).sort()).toEqual(['.gitignore', 'loader', 'redis', 'secrets']);
});

test('fails at a compose.yaml that is somebody’s own, and leaves it', async () => {
  mkdirSync(project());
  writeFileSync(project('compose.yaml'), 'services: {}\n');

  const { code, err } = await compose(['acme']);

  expect(code).toBe(2);
  expect(err).toContain('with compose.yaml that it has not; choose another folder');
  expect(readdirSync(project())).toEqual(['compose.yaml']);
});

test('fails where Git would take .env', async () => {
  mkdirSync(project());
  writeFileSync(project('.gitignore'), 'node_modules\n');

  const { code, err } = await compose(['acme']);

  expect(code).toBe(2);
  expect(err).toContain('must keep .env out of Git, got no such line; add the line .env');
  expect(readdirSync(project())).toEqual(['.gitignore']);
});

test('fails at a password that was emptied, and changes nothing', async () => {
  await compose(['acme']);
  const before = text('compose.yaml');
  writeFileSync(project('.env'), text('.env').replace(/^REDIS_PASSWORD_ACME=.*$/m, 'REDIS_PASSWORD_ACME='));

  const { code, err } = await compose(['acme', '--name', 'web=api']);

  expect(code).toBe(2);
  expect(err).toContain('.env must give REDIS_PASSWORD_ACME a value, got none');
  expect(text('compose.yaml')).toBe(before);
});

test.each([
  [['acmee'], 'tenant must be one of environment "test", got "acmee"; did you mean "acme"'],
  [['acme', '--name', 'wep=api'], 'got "wep"; did you mean "web"'],
  [['acme', '--name', 'web=redis'], 'services must have names of their own'],
  [['acme', '--name', 'web'], '--name must be two words with = between them, got "web"'],
  [['acme', '--name', 'web=A b'], '--name must give lower-case letters'],
  [['acme', '--publish', 'web=http'], '--publish must give a port or a range as 8000-8009, got "http"'],
  [['acme', '--publish', 'worker=1'], '--publish must name one of'],
  [
    ['acme', 'globex', '--build', 'initech=.'],
    '--build must name one of "acme", "globex" before =, got "initech"',
  ],
])('fails at %j, and writes nothing', async (argv, message) => {
  const { code, err } = await compose(argv);

  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(existsSync(project())).toBe(false);
});

test('takes the only disposable environment, and fails where several could be meant', async () => {
  const production: Environment = {
    ...shared,
    name: 'production',
    disposable: false,
    secrets: { strategy: 'existing' },
  };

  const one = await compose(['acme'], [shared, production]);
  const several = await compose(
    ['acme'],
    [
      { ...shared, name: 'a' },
      { ...shared, name: 'b' },
    ],
  );

  expect(one.code).toBe(0);
  expect(text('compose.yaml')).toContain('--env test');
  expect(several.err).toContain('--env must be one of "a", "b", got nothing');
});

test('a build context is said from the folder of the project', async () => {
  await compose(['acme', '--build', join(scratch, 'app')]);

  expect(text('compose.yaml')).toContain('build: ../app');
});
