// `stalk init` and `stalk new tenant`, without a registry: test/package has the rest of a project's life.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { main } from '../../lib/cli/main';

const root = join(__dirname, '..', '..');
const packed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'stalk-init-')));
const cwd = jest.spyOn(process, 'cwd');

afterAll(() => {
  cwd.mockRestore();
  rmSync(scratch, { recursive: true, force: true });
});

/** In a folder, as if the shell stood there. */
async function stalk(folder: string, ...argv: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string) => err.push(text);
  cwd.mockReturnValue(folder);
  const code = await main(argv, { out: (text) => out.push(text), err: complain, progress: complain });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

let count = 0;

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = join(scratch, `ours-${(count += 1)}`);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function projectWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = folderWith(files);
  const { code, err } = await stalk(scratch, 'init', folder);
  expect([code, err]).toEqual([0, '']);
  return folder;
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

const FILES = [
  '.editorconfig',
  '.gitattributes',
  '.github/workflows/stalk.yml',
  '.gitignore',
  '.gitlab-ci.yml',
  '.vscode/extensions.json',
  '.vscode/settings.json',
  'README.md',
  'cdk8s.yaml',
  'package.json',
  'stacks/environments.ts',
  'stacks/list.ts',
  'tenants/hello.ts',
  'tenants/index.ts',
  'test/hello.test.ts',
  'test/workloads.test.ts',
  'tsconfig.json',
];

describe('stalk init', () => {
  test('makes a project, and says what comes next', async () => {
    const { code, out } = await stalk(scratch, 'init', 'fresh');

    expect(code).toBe(0);
    expect(filesIn(join(scratch, 'fresh'))).toEqual(FILES);
    expect(out).toContain('made a project in fresh: 17 files');
    expect(out).toMatch(/Next:\n {2}cd fresh\n {2}npm install\n/);
    expect(read(scratch, 'fresh', 'README.md')).toMatch(/^# fresh\n/);
  });

  test('pins this very version, and what its tests need', async () => {
    const folder = await projectWith();

    const made = JSON.parse(read(folder, 'package.json'));

    expect(made.dependencies).toEqual({ '@stalk/stalk': packed.version });
    expect(made.devDependencies).toEqual({ '@types/node': packed.devDependencies['@types/node'] });
    expect(made.private).toBe(true);
  });

  test('makes a project that renders', async () => {
    const folder = await projectWith();

    const { code, out } = await stalk(folder, 'synth');

    expect([code, out]).toEqual([0, expect.stringMatching(/^dev: 1 tenant, \d+ objects$/)]);
    expect(readdirSync(join(folder, 'dist'))).toEqual(['dev']);
  });

  test('with --pulumi adds the program, its settings and the two packages', async () => {
    const folder = folderWith();

    await stalk(scratch, 'init', folder, '--pulumi');

    expect(filesIn(folder)).toEqual([...FILES, 'Pulumi.dev.yaml', 'Pulumi.yaml', 'stacks/deploy.ts'].sort());
    expect(JSON.parse(read(folder, 'package.json')).dependencies).toMatchObject({
      '@pulumi/kubernetes': packed.devDependencies['@pulumi/kubernetes'],
      '@pulumi/pulumi': packed.devDependencies['@pulumi/pulumi'],
    });
    expect(parse(read(folder, 'Pulumi.yaml'))).toMatchObject({ name: folder.split('/').pop() });
  });

  test('takes a folder with a name that npm and Pulumi would refuse', async () => {
    await stalk(scratch, 'init', 'Our Tenants: 2', '--pulumi');

    const folder = join(scratch, 'Our Tenants: 2');
    expect(JSON.parse(read(folder, 'package.json')).name).toBe('our-tenants-2');
    expect(parse(read(folder, 'Pulumi.yaml')).name).toBe('our-tenants-2');
  });

  test('writes CI files that check, test and comment the diff', async () => {
    const folder = await projectWith();

    const github = parse(read(folder, '.github', 'workflows', 'stalk.yml'));
    const gitlab = parse(read(folder, '.gitlab-ci.yml'));

    const steps = github.jobs.check.steps.flatMap((step: { run?: string }) => step.run ?? []);
    expect(steps.slice(0, 3)).toEqual(['npm ci', 'npx stalk check', 'npm test']);
    expect(gitlab.check.script.slice(1)).toEqual(['npx stalk check', 'npm test']);
    for (const script of [steps.join('\n'), gitlab.diff.script.join('\n')])
      expect(script).toMatch(/npx stalk diff --against \S+ --markdown > diff\.md \|\| \[ \$\? -eq 1 \]/);
  });

  test('keeps the files that are there, and names them', async () => {
    const folder = folderWith({ 'README.md': 'ours', '.gitignore': 'secret' });

    const { code, out } = await stalk(folder, 'init');

    expect(code).toBe(0);
    expect(out).toContain('kept, as they were there: .gitignore, README.md');
    expect([read(folder, 'README.md'), read(folder, '.gitignore')]).toEqual(['ours', 'secret']);
    expect(filesIn(folder)).toEqual(FILES);
  });

  test('adds to a package.json, and changes nothing that is there', async () => {
    const folder = folderWith({
      'package.json': JSON.stringify(
        {
          name: 'ours',
          scripts: { test: 'echo "Error: no test specified" && exit 1', check: 'make check' },
          devDependencies: { '@stalk/stalk': '0.0.1' },
        },
        null,
        4,
      ),
    });

    const { out } = await stalk(folder, 'init');

    const text = read(folder, 'package.json');
    const made = JSON.parse(text);
    expect(out).toContain('kept in package.json, as it was there: scripts.check');
    expect(made.name).toBe('ours');
    expect(made.scripts).toMatchObject({ check: 'make check', synth: 'stalk synth' });
    expect(made.scripts.test).toContain('--test');
    expect([made.dependencies, made.devDependencies['@stalk/stalk']]).toEqual([{}, '0.0.1']);
    expect(text).toContain('\n    "name"');
  });

  test('fails when the folder holds a project', async () => {
    const folder = await projectWith();
    const before = filesIn(folder);

    const { code, out, err } = await stalk(folder, 'init');

    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'folder must hold no project yet, got . with stacks/list.ts; add a tenant with npx stalk new tenant, or choose another folder',
    );
    expect(filesIn(folder)).toEqual(before);
  });

  test.each([
    ['package.json is broken', { 'package.json': '{' }, /^package\.json must hold valid JSON, got: [^\n]+$/],
    [
      'a file is where a folder goes',
      { tenants: 'a list' },
      /^folder must be one that can be written, got [^\n]+$/,
    ],
  ])('fails and makes nothing when %s', async (_why, files, said) => {
    const folder = folderWith(files);
    const before = filesIn(folder);

    const { code, err } = await stalk(scratch, 'init', folder);

    expect(code).toBe(2);
    expect(err).toMatch(said);
    expect(filesIn(folder)).toEqual(before);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('stalk new tenant', () => {
  test('writes a tenant and adds it to the list', async () => {
    const folder = await projectWith();

    const { code } = await stalk(
      folder,
      'new',
      'tenant',
      'acme',
      '--image',
      'acme/jobs:2.4.1',
      '--module',
      'acme.tasks',
    );

    expect(code).toBe(0);
    expect(read(folder, 'tenants', 'acme.ts')).toContain("image: 'acme/jobs:2.4.1'");
    expect(read(folder, 'tenants', 'index.ts')).toContain("import { acme } from './acme';");
    expect(read(folder, 'tenants', 'index.ts')).toContain('[hello, acme];');
  });

  test.each(['celery', 'django', 'paperless'])('renders as it is, in the dialect %s', async (dialect) => {
    const folder = await projectWith();

    await stalk(folder, 'new', 'tenant', 'our-shop', '--dialect', dialect);
    const { code, out, err } = await stalk(folder, 'synth');

    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^dev: 2 tenants/);
  });

  test('finds the project from a folder in it', async () => {
    const folder = await projectWith();

    await stalk(join(folder, 'tenants'), 'new', 'tenant', 'acme');

    expect(existsSync(join(folder, 'tenants', 'acme.ts'))).toBe(true);
  });

  test('names the two lines where the list is none that can be edited', async () => {
    const folder = await projectWith({ 'tenants/index.ts': 'export const tenants = load();\n' });

    const { code, out } = await stalk(folder, 'new', 'tenant', 'jewelry-shop');

    expect(code).toBe(0);
    expect(out).toContain(
      "holds no list that can be edited; add to it:\n  import { jewelryShop } from './jewelry-shop';\n  jewelryShop,",
    );
    expect(read(folder, 'tenants', 'index.ts')).toBe('export const tenants = load();\n');
  });

  test.each([
    [
      'Acme',
      'tenant must be lower-case letters, digits and "-", up to 40, got "Acme"; it becomes a namespace and a user',
    ],
    [
      'kube-system',
      'tenant must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "kube-system"; choose another name',
    ],
    ['hello', 'tenant must be new, got "hello"; there is tenants/hello.ts'],
    ['index', 'tenant must be new, got "index"; there is tenants/index.ts'],
  ])('fails for the name %s', async (name, said) => {
    const folder = await projectWith();
    const before = read(folder, 'tenants', 'index.ts');

    const { code, err } = await stalk(folder, 'new', 'tenant', name);

    expect([code, err]).toEqual([2, said]);
    expect(read(folder, 'tenants', 'index.ts')).toBe(before);
  });

  test('fails where there is no project', async () => {
    const { code, err } = await stalk(folderWith(), 'new', 'tenant', 'acme');

    expect(code).toBe(2);
    expect(err).toContain('a project must hold stacks/list.ts');
  });
});
