// The command line as a person uses it: what it teaches, how it ends, and what it says when it cannot run.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';
import { boundsOf, THRESHOLDS } from '../../lib/loadtest';

const root = join(__dirname, '..', '..');
const reference = join(root, 'test', 'reference', 'index.ts');
const scratch = mkdtempSync(join(tmpdir(), 'stalk-cli-'));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** In this process; nothing here reaches for a cluster. */
async function stalk(...argv: readonly string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string) => err.push(text);
  const code = await main(argv, { out: (text) => out.push(text), err: complain, progress: complain });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('help', () => {
  test('names the commands and what each exit code means', async () => {
    const { code, out } = await stalk('--help');

    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}synth .*render every environment/m);
    expect(out).toMatch(/^ {2}verify .*check a live cluster/m);
    expect(out).toContain('  2  wrong use, or it cannot run: an unreachable cluster, a missing namespace\n');
  });

  test('of verify teaches by examples, with units and defaults', async () => {
    const { code, out } = await stalk('verify', '--help');

    expect(code).toBe(0);
    expect(out).toContain('Usage: stalk verify [options] [tenant...]');
    expect(out).toContain('npx stalk verify acme --env dev --disruptive --max-wait 10m');
    expect(out).toContain('longest wait for anything: 45s, 10m, 1h');
    expect(out).toContain('where the reports go (default: build/verify/<env>)');
    expect(out).toContain('  1  a check failed');
  });

  test('of loadtest has the thresholds that the figures are judged by', async () => {
    const { out } = await stalk('loadtest', '--help');

    for (const { figure, expected, acceptable, investigate } of THRESHOLDS.map(boundsOf)) {
      const row = out.split('\n').find((line) => line.startsWith(`${figure} `));
      expect(row?.trim().split(/ {2,}/)).toEqual([figure, expected, acceptable, investigate]);
    }
  });

  test('of synth says what happens to the old tree', async () => {
    expect((await stalk('synth', '--help')).out).toContain('the old tree stays as it was');
  });
});

describe('wrong use', () => {
  test.each([
    [['verfiy'], /unknown command 'verfiy'[^]*Did you mean verify/],
    [['verify'], /required option '--env <name>' not specified/],
    [['verify', '--env', 'dev', '--max-wait', '10'], /Must be a whole number of s, m or h, as 45s or 10m/],
    [
      ['verify', '--env', 'prod', '--from', reference],
      /^--env must be one of "dev", "staging", "production", got "prod"; did you mean "production"$/,
    ],
    [
      ['verify', 'acme', 'globex', '--env', 'dev', '--from', reference],
      /got "acme"; there are "paless"[^]*got "globex"; there are/,
    ],
    [
      ['synth', '--from', 'nowhere.ts', '--out', 'x'],
      /^--from must name a file, got "nowhere.ts"; there is no/,
    ],
    [
      ['synth', '--from', join(root, 'test', 'reference', 'environments.ts'), '--out', 'x'],
      /environments.ts must export the list tenants, got nothing; write export const tenants = /,
    ],
  ])('of %j ends with 2 and says what is wrong', async (argv, said) => {
    const { code, out, err } = await stalk(...argv);

    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(said);
    expect(err).not.toContain('    at ');
  });

  test('fails with every rule that is broken, and 2', async () => {
    const file = join(scratch, 'list.js');
    const tenant = {
      name: 'acme',
      app: { dialect: 'celery', image: 'a:1', module: 'a' },
      workers: { default: { queues: ['celery'] } },
    };
    const environment = {
      name: 'dev',
      disposable: true,
      storageClass: 's',
      secrets: { strategy: 'literal' },
      brokers: {},
    };
    writeFileSync(
      file,
      `exports.environments = ${JSON.stringify([environment])}; exports.tenants = ${JSON.stringify([tenant])};`,
    );

    const { code, err } = await stalk('synth', '--from', file, '--out', join(scratch, 'tree'));

    expect(code).toBe(2);
    expect(err).toMatch(/tenant "acme": broker/);
    expect(readdirSync(scratch)).not.toContain('tree');
  });
});

test.each([
  ['parse', 'exports.tenants = [', /Unexpected token|Unexpected end/],
  [
    'find',
    "exports.tenants = [require('./nowhere')];",
    /find\.js must import what there is, got ".\/nowhere"; correct its name$/,
  ],
  ['end', "throw new Error('no such tenant');", /end\.js must load, got "no such tenant"; correct it$/],
])('fails in one line when the module of --from cannot %s', async (name, source, said) => {
  const file = join(scratch, `${name}.js`);
  writeFileSync(file, source);

  const { code, err } = await stalk('synth', '--from', file, '--out', join(scratch, 'tree'));

  expect(code).toBe(2);
  expect(err).toMatch(said);
  expect(err).not.toContain('\n');
});

test('synth replaces an older tree, and fails before a folder that holds anything else', async () => {
  const out = join(scratch, 'precious');
  await stalk('synth', '--from', reference, '--out', out);
  const again = await stalk('synth', '--from', reference, '--out', out);
  writeFileSync(join(out, 'thesis.txt'), 'years');

  const { code, err } = await stalk('synth', '--from', reference, '--out', out);

  expect([again.code, code]).toEqual([0, 2]);
  expect(err).toBe(
    `${out} must be a new folder or an older tree, as it is replaced whole, got files that no synth has written: ` +
      'thesis.txt; move them, objects to stacks/extra/, or choose another --out',
  );
  expect(readdirSync(out)).toContain('thesis.txt');
});

test('synth fails in one line before a folder that it may not read', async () => {
  const { code, err } = await stalk('synth', '--from', reference, '--out', join('/', 'proc'));

  expect(code).toBe(2);
  expect(err).toMatch(/^(--out must be a folder that can be written|\/proc must be a new folder)[^\n]*$/);
});

test('synth fails in one line for a patch that changes nothing', async () => {
  const file = join(scratch, 'patched.js');
  const tenant = {
    name: 'acme',
    app: { dialect: 'celery', image: 'a:1', module: 'a' },
    workers: { default: { queues: ['celery'] } },
    broker: { topology: 'standalone' },
    patches: { 'Deployment/nowhere': [{ op: 'remove', path: '/spec' }] },
  };
  const environment = { name: 'dev', disposable: true, storageClass: 's', secrets: { strategy: 'literal' } };
  writeFileSync(
    file,
    `exports.environments = [${JSON.stringify(environment)}]; exports.tenants = [${JSON.stringify(tenant)}];`,
  );

  const { code, err } = await stalk('synth', '--from', file, '--out', join(scratch, 'patched'));

  expect(code).toBe(2);
  expect(err).toMatch(/^tenant "acme": [^\n]*Deployment\/nowhere[^\n]* \(dev\)$/);
});

test('synth fails in one line where nothing can be written', async () => {
  const file = join(scratch, 'a-file');
  writeFileSync(file, '');

  const { code, err } = await stalk('synth', '--from', reference, '--out', join(file, 'dist'));

  expect(code).toBe(2);
  expect(err).toMatch(/^--out must be a folder that can be written, got [^\n]+$/);
});

test('synth writes the tree where it is told to', async () => {
  const out = join(scratch, 'dist');

  const { code, out: said } = await stalk('synth', '--from', reference, '--out', out);

  expect(code).toBe(0);
  expect(said).toMatch(/^dev: 6 tenants, \d+ objects$/m);
  expect(readdirSync(out).sort()).toEqual(['dev', 'production', 'staging']);
});
