// `stalk acl` as a person uses it: lines for whoever runs the Redis, and what it says when there are none.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, External, Tenant } from '../../lib';
import { main } from '../../lib/cli/main';
import { broker, plain, tenantOf } from '../support/synth';

const scratch = mkdtempSync(join(tmpdir(), 'stalk-acl-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function acl(list: object, ...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const file = join(scratch, `list-${Math.random()}.js`);
  writeFileSync(file, `module.exports = ${JSON.stringify(list)}`);
  const complain = (text: string) => err.push(text);
  const code = await main(['acl', '--env', 'test', '--from', file, ...argv], {
    out: (text) => out.push(text),
    err: complain,
    progress: complain,
  });
  return { code, lines: out, err: err.join('\n') };
}

const away: External = { topology: 'external', host: 'redis.example.com', cidrs: ['10.9.0.7/32'] };
const environment: Environment = { ...plain, brokers: { away } };
const on = (name: string, more: Partial<Tenant> = {}): Tenant =>
  tenantOf({ name, broker: { shared: 'away' }, ...more });
const both = { environments: [environment], tenants: [on('acme'), on('globex')] };

const nameOf = (line: string): string => line.split(' ')[2] ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const passwords = (of: object): string => {
  const file = join(scratch, 'passwords.json');
  writeFileSync(file, JSON.stringify(of));
  return file;
};

test('prints a command for each user of each tenant, the same at each run', async () => {
  const { code, lines, err } = await acl(both);

  expect(code).toBe(0);
  expect(lines.map(nameOf)).toEqual([
    'acme',
    'acme-scaler',
    'acme-web',
    'globex',
    'globex-scaler',
    'globex-web',
  ]);
  expect(lines.every((line) => /^ACL SETUSER \S+ reset on #\S+ resetkeys /.test(line))).toBe(true);
  expect(err).toBe('redis.example.com:6379: 6 users');
  expect((await acl(both)).lines).toEqual(lines);
});

test('gives them what they have on a Redis of ours, and INFO to workers', async () => {
  const { lines } = await acl(both);
  const { roles } = broker('main', plain, [tenantOf()]).byKind('ConfigMap', 'redis-rules').data;
  const ours = (ending: string): string =>
    roles
      .split('\n')
      .find((line: string) => line.startsWith(`prefix ${ending} `))
      .replace(`prefix ${ending} `, '')
      .replaceAll('<own>', 'tenant:acme:');

  const rules = (user: string) => lines.find((line) => nameOf(line) === user)?.replace(/^.* #\S+ /, '');

  expect(rules('acme')).toBe(`${ours('-')} +info`);
  expect(rules('acme-web')).toBe(ours('-web'));
  expect(rules('acme-scaler')).toBe(ours('-scaler'));
});

test('has a place for each hash, and no password', async () => {
  const { lines } = await acl(both);

  expect(lines[0]).toContain(' #<sha256-of-the-password-of-acme> ');
});

test('writes hashes of given passwords, both of them in a rotation', async () => {
  const of = { acme: 'a-1', 'acme.next': 'a-2', 'acme-web': 'w', 'acme-scaler': 's' };

  const { lines } = await acl(
    { environments: [environment], tenants: [on('acme')] },
    '--passwords',
    passwords(of),
  );

  expect(lines[0]).toContain(` on #${sha256('a-1')} #${sha256('a-2')} resetkeys`);
  expect(lines.join()).not.toMatch(/a-1|a-2/);
});

test('writes hashes of literal passwords by itself', async () => {
  const throwaway = { ...environment, disposable: true, secrets: { strategy: 'literal' } };

  const { lines } = await acl({ environments: [throwaway], tenants: [on('acme')] });

  expect(lines[0]).toContain(sha256('not-a-secret_test_brokers-away_acme'.padEnd(32, '_')));
});

test('prints access strings, which hold neither a password nor reset', async () => {
  const { lines } = await acl(both, '--as', 'access-strings');

  expect(lines[0]).toMatch(/^acme on ~tenant:acme:\* resetchannels &tenant:acme:\* /);
  expect(lines.join()).not.toMatch(/ reset |#|resetkeys/);
});

test('prints users of a server whatever it is called, and those of caches', async () => {
  const cache: Tenant['cache'] = { ...away, host: 'cache.example.com' };
  const list = { environments: [environment], tenants: [on('acme', { cache }), on('globex')] };

  for (const name of ['away', 'globex', 'redis.example.com:6379'])
    expect((await acl(list, name)).lines).toHaveLength(6);
  expect((await acl(list, 'cache.example.com:6379')).lines).toEqual([
    expect.stringMatching(/^ACL SETUSER acme reset on #\S+ resetkeys ~\* resetchannels &\* \+@all -@admin/),
  ]);
});

test.each<[string, object, readonly string[], string]>([
  [
    'no such server',
    { environments: [plain], tenants: [tenantOf()] },
    [],
    'environment "test" must have a Redis of topology external without username, got none',
  ],
  [
    'one user for all, who is there already',
    {
      environments: [{ ...environment, brokers: { away: { ...away, username: 'default' } } }],
      tenants: [on('acme')],
    },
    [],
    'must have a Redis of topology external without username',
  ],
  [
    'several servers',
    {
      ...both,
      tenants: [on('acme'), tenantOf({ name: 'own', broker: { ...away, host: 'own.example.com' } })],
    },
    [],
    'server must be one of redis.example.com:6379 (away, acme), own.example.com:6379 (own), got none',
  ],
  [
    'an unknown name',
    both,
    ['mian'],
    'server must be one of redis.example.com:6379 (away, acme, globex), got "mian"',
  ],
])('fails for %s', async (_, list, argv, says) => {
  const { code, err } = await acl(list, ...argv);

  expect(code).toBe(2);
  expect(err).toContain(says);
});

test('fails without the password of a user, and repeats none', async () => {
  const { code, err } = await acl(both, '--passwords', passwords({ acme: 'hunter2' }));

  expect(code).toBe(2);
  expect(err).toContain('got none of "acme-scaler", "acme-web"');
  expect(err).not.toContain('hunter2');
});
