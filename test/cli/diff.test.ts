// `stalk diff` as a person uses it: its sides, its exit codes, and what it says when it cannot run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';
import type { Cluster } from '../../lib/cluster';
import type { Environment, Tenant } from '../../lib';
import { plain, tenantOf } from '../support/synth';

/** Kinds that were asked for, with their namespaces. */
const mockAsked: string[] = [];

/** Jest cannot load the Kubernetes client; this cluster is empty. */
jest.mock('../../lib/cluster/connect', () => ({
  connect: ({ context }: { readonly context?: string }): Pick<Cluster, 'context' | 'read' | 'list'> => ({
    context: String(context),
    read: () => Promise.resolve(undefined),
    list: ({ kind }, namespace) => {
      mockAsked.push(`${kind} in ${namespace}`);
      return Promise.resolve([]);
    },
  }),
}));

const scratch = mkdtempSync(join(tmpdir(), 'stalk-diff-'));
const dist = join(scratch, 'dist');

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function stalk(...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string) => err.push(text);
  const code = await main(argv, { out: (text) => out.push(text), err: complain, progress: complain });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const git = (...argv: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...argv], {
    cwd: scratch,
    encoding: 'utf8',
  });

/** Two environments, so that one can be chosen. */
const environments: readonly Environment[] = [
  { ...plain, name: 'dev' },
  { ...plain, name: 'production' },
];

/** A list of its own file: Node loads each once. */
function list(name: string, tenants: readonly Tenant[]): readonly string[] {
  const file = join(scratch, `${name}.js`);
  writeFileSync(file, `module.exports = ${JSON.stringify({ environments, tenants })}`);
  return ['--from', file];
}

const image = (tag: string): Tenant['app'] => ({ dialect: 'celery', image: `acme/jobs:${tag}`, module: 'a' });
const first = list('first', [tenantOf({ app: image('1') }), tenantOf({ name: 'globex' })]);
const second = list('second', [tenantOf({ app: image('2') }), tenantOf({ name: 'initech' })]);

beforeAll(async () => {
  await stalk('synth', ...first, '--out', dist);
  git('init', '--quiet');
  git('add', 'dist');
  git('commit', '--quiet', '-m', 'first');
});

const diff = (...argv: readonly string[]) => stalk('diff', '--dist', dist, ...argv);

describe('the list against dist/', () => {
  test('ends with 0 where a synth would change nothing', async () => {
    expect(await diff(...first)).toEqual({ code: 0, out: 'dist/ → the list: no differences', err: '' });
  });

  test('ends with 1 and tells what changes', async () => {
    const { code, out, err } = await diff(...second);

    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('  tenant initech in dev, production\n');
    expect(out).toContain('  tenant globex in dev, production\n');
    expect(out).toContain('  image: acme/jobs:1 → acme/jobs:2\n');
    expect(out).toContain('    dev, production: worker-default of acme');
    expect(out.split('\n').length).toBeLessThan(40);
  });

  test('of one tenant and environment leaves out the others', async () => {
    const { out } = await diff(...second, 'acme', '--env', 'dev');

    expect(out).toContain('dev: worker-default of acme');
    expect(out).not.toMatch(/production|globex|initech/);
  });

  test('takes the name of a tenant that left', async () => {
    expect((await diff(...second, 'globex', '--env', 'dev')).out).toContain('Leave\n  tenant globex in dev');
  });

  test('is all new where there is no dist/', async () => {
    const { code, out } = await stalk('diff', ...first, '--dist', join(scratch, 'nowhere'));

    expect(code).toBe(1);
    expect(out).toContain('Arrive\n  broker main in dev, production\n');
  });

  test('has the objects of the user', async () => {
    const folder = join(scratch, 'extra', 'dev', 'tenants', 'acme');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'more.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\n  namespace: acme\n',
    );

    const { out } = await diff(...first);

    rmSync(join(scratch, 'extra'), { recursive: true });
    expect(out).toContain('added ConfigMap/more (acme in dev)');
  });
});

describe('the list against a revision', () => {
  test('reads dist/ as it was committed, and leaves the working tree alone', async () => {
    const before = git('status', '--porcelain', 'dist');

    const [same, other] = [
      await diff(...first, '--against', 'HEAD'),
      await diff(...second, '--against', 'HEAD'),
    ];

    expect(same).toEqual({ code: 0, out: 'dist/ at HEAD → the list: no differences', err: '' });
    expect(other.code).toBe(1);
    expect(other.out).toContain('  image: acme/jobs:1 → acme/jobs:2\n');
    expect(git('status', '--porcelain', 'dist')).toBe(before);
  });

  test('that has no dist/ is all new', async () => {
    const empty = git('hash-object', '-t', 'tree', '-w', '/dev/null').trim();

    expect((await diff(...first, '--against', empty)).out).toContain('Arrive\n');
  });

  test('fails when there is no such revision, and says what to do', async () => {
    const { code, out, err } = await diff(...first, '--against', 'nope');

    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(
      /^--against must be a revision of the Git repository around .*, got "nope": .*; fetch it/,
    );
  });

  test('fails when the name could be an option of git', async () => {
    expect((await diff(...first, '--against=--all')).code).toBe(2);
  });
});

describe('the list against a cluster', () => {
  test('is all new in an empty one, and reads no Secret', async () => {
    const { code, out } = await stalk('diff', ...first, '--live', '--env', 'dev', '--context', 'there');

    expect(code).toBe(1);
    expect(out).toMatch(/^cluster there → the list: \d+ added\n\nArrive\n {2}broker main in dev\n/);
    expect(out).toMatch(/\n\nnote: Secrets are not read$/);
    expect(mockAsked).toContain('Deployment in acme');
    expect(mockAsked.filter((line) => line.startsWith('Secret'))).toEqual([]);
  });
});

describe('output', () => {
  test('as JSON is one document', async () => {
    const { out } = await diff(...second, '--json');

    expect(JSON.parse(out)).toMatchObject({ version: 1, before: 'dist/', after: 'the list' });
  });

  test('as Markdown begins with its summary', async () => {
    expect((await diff(...second, '--markdown')).out).toMatch(/^### Stalk: `dist\/` → `the list`: /);
  });

  test('of everything has each field', async () => {
    expect((await diff(...second, '--all')).out).toContain(
      '      spec.template.spec.containers[worker-default].image: acme/jobs:1 → acme/jobs:2',
    );
  });
});

describe('wrong use', () => {
  test.each<readonly [readonly string[], RegExp]>([
    [
      ['acmee', '--dist', dist, ...first],
      /^tenant must be in the list or in dist\/, got "acmee"; there are acme, globex$/,
    ],
    [['--env', 'prod', '--dist', dist, ...first], /^--env must be one of "dev", "production", got "prod"/],
    [['--live', ...first], /^--live must come with --env, got none; say whose cluster it is: --env dev$/],
    [['--live', '--against', 'HEAD'], /option '--against <revision>' cannot be used with option '--live'/],
    [['--json', '--markdown'], /cannot be used with/],
    [first, /^--dist must be given with --from, got nothing/],
  ])('of %j ends with 2 and says what is wrong', async (argv, said) => {
    const { code, out, err } = await stalk('diff', ...argv);

    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(said);
  });

  test('a tree that lacks a file ends with 2 and names it', async () => {
    const tree = join(scratch, 'broken');
    mkdirSync(join(tree, 'dev'), { recursive: true });
    writeFileSync(join(tree, 'dev', 'kustomization.yaml'), 'resources:\n  - platform\n');

    const { code, err } = await stalk('diff', '--dist', tree, ...first);

    expect(code).toBe(2);
    expect(err).toBe('dev/kustomization.yaml must list files that are there, got platform; run stalk synth');
  });
});

test('help teaches by examples, how CI uses it, and what the exit codes mean', async () => {
  const { code, out } = await stalk('diff', '--help');

  expect(code).toBe(0);
  expect(out).toContain('npx stalk diff --against origin/main   what a merge request changes');
  expect(out).toContain('> diff.md || [ $? -eq 1 ]');
  expect(out).toContain('  1  differences');
});
