// A clone in which somebody adds a tenant as README.md says, and one whose list is another's: `npm run check` is green.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** All of `npm run check`: minutes, and several times that where other suites run beside it. */
jest.setTimeout(1_800_000);

const ROOT = resolve(__dirname, '..', '..');
const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What Git would hold of this working tree, as a commit of its own. */
function clone() {
  const root = mkdtempSync(join(tmpdir(), 'stalk-clone-'));
  made.push(root);
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const files = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const deleted = new Set(
    execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: ROOT, encoding: 'utf8' }).split('\0'),
  );
  for (const file of files.split('\0').filter((name) => name !== '' && !deleted.has(name))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(join(ROOT, file), join(root, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '--message', 'clone');
  return { root, git };
}

const run = (root: string, ...[program, ...args]: readonly [string, ...string[]]) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, said: status === 0 ? '' : `${stdout}\n${stderr}`.slice(-5000) };
};

const GREEN = { code: 0, said: '' };

test('a tenant that is added as README.md says changes what README.md says, and all checks stay green', () => {
  const { root, git } = clone();
  copyFileSync(join(root, 'docs/examples/acme.ts'), join(root, 'tenants/acme.ts'));
  const file = join(root, 'tenants/acme.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("'../../lib'", "'../lib'"));
  const list = join(root, 'tenants/index.ts');
  writeFileSync(
    list,
    readFileSync(list, 'utf8')
      .replace("from '../lib';\n", "from '../lib';\nimport { acme } from './acme';\n")
      .replace('= [', '= [acme, '),
  );

  const synth = run(root, 'npm', 'run', 'synth');
  const check = run(root, 'npm', 'run', 'check');

  expect(synth).toEqual(GREEN);
  expect(check).toEqual(GREEN);
  const changed = git('status', '--porcelain', '--untracked-files=normal', 'dist')
    .split('\n')
    .filter((line) => line !== '');
  const others = changed.filter((line) => !/dist\/[^/]+\/tenants\/acme\/$/.test(line));
  expect(changed.length).toBeGreaterThan(others.length);
  for (const line of others)
    expect(line).toMatch(
      /^ M dist\/[^/]+\/(kustomization\.yaml|brokers\/[^/]+\/(configmap-redis-rules|secret-redis-users)\.yaml)$|gitops\/flux\/(kustomization|tenants-acme)\.yaml$/,
    );
});

test('with another list and other environments all checks are green', () => {
  const { root } = clone();
  for (const folder of ['tenants', 'dist']) rmSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, 'tenants'));
  writeFileSync(
    join(root, 'tenants/index.ts'),
    `import type { Tenant } from '../lib';

export const tenants: readonly Tenant[] = ['digger', 'hauler'].map((name) => ({
  name,
  app: { dialect: 'celery', image: \`mine/\${name}:7.1\`, module: 'mine.jobs' },
  workers: { dig: { queues: ['celery'] } },
}));
`,
  );
  writeFileSync(
    join(root, 'stacks/environments.ts'),
    `import type { Environment } from '../lib';

export const environments: readonly Environment[] = [
  {
    name: 'moon',
    storageClass: 'dust',
    secrets: { strategy: 'existing' },
    brokers: { crater: { topology: 'sentinel', replicas: 2 } },
  },
];
`,
  );

  const synth = run(root, 'npm', 'run', 'synth');
  const check = run(root, 'npm', 'run', 'check');

  expect(synth).toEqual(GREEN);
  expect(check).toEqual(GREEN);
});
