// The life of a project in an empty folder, with the packed tarball alone: what a stranger does, in that order.

import {
  appendFileSync,
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
import { join } from 'node:path';
import { run, succeed, table } from './steps';

const root = join(__dirname, '..', '..');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'stalk-package-')));
const project = join(scratch, 'our-tenants');
const NEXT = '99.0.0';

const packed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** No scripts: what must be compiled or fetched beside a package would be missing where they are forbidden. */
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];

const npm = (name: string, ...args: readonly string[]) => succeed(name, project, 'npm', ...args);
const install = (name: string, ...args: readonly string[]) => npm(name, 'install', ...QUIET, ...args);
const stalk = (...args: readonly string[]) =>
  succeed(`stalk ${args.join(' ')}`, project, 'npx', 'stalk', ...args);
const ending = (...args: readonly string[]) =>
  run(`stalk ${args.join(' ')}`, project, 'npx', 'stalk', ...args);
const git = (...args: readonly string[]) =>
  succeed(
    `git ${String(args[0])}`,
    project,
    'git',
    '-c',
    'user.name=us',
    '-c',
    'user.email=us@example.com',
    ...args,
  );

const file = (...path: readonly string[]): string => join(project, ...path);
const text = (...path: readonly string[]): string => readFileSync(file(...path), 'utf8');

function edit(path: string, from: string | RegExp, to: string): void {
  const old = text(path);
  const edited = old.replace(from, () => to);
  if (edited === old) throw new Error(`${path} holds no ${String(from)}:\n${old}`);
  writeFileSync(file(path), edited);
}

const tarballIn = (folder: string): string =>
  join(folder, String(readdirSync(folder).find((name) => name.endsWith('.tgz'))));

let first: string;
let second: string;

beforeAll(() => mkdirSync(project));

afterAll(() => {
  console.log(table());
  rmSync(scratch, { recursive: true, force: true });
});

test('npm pack builds the package', () => {
  succeed('npm pack', root, 'npm', 'pack', '--silent', '--pack-destination', scratch);

  first = tarballIn(scratch);
});

test('it installs into an empty folder, on this Node, without a complaint', () => {
  const { err } = install('npm install <tarball>', first);

  expect(err).not.toMatch(/EBADENGINE|ERESOLVE|deprecated .*@stalk/);
  expect(stalk('--version').out.trim()).toBe(packed.version);
  expect(existsSync(file('node_modules', '@pulumi'))).toBe(false);
});

test('stalk init makes a project that keeps the version that is installed', () => {
  const { out } = stalk('init');
  install('npm install');

  expect(out).toContain('made a project in this folder');
  expect(JSON.parse(text('package.json')).dependencies).toEqual({
    '@stalk/stalk': `file:../${first.split('/').pop()}`,
  });
});

test('a tenant of one’s own is one command', () => {
  stalk('new', 'tenant', 'acme', '--image', 'acme/jobs:2.4.1', '--module', 'acme.tasks');

  expect(text('tenants', 'index.ts')).toContain('[hello, acme]');
});

test('stalk synth renders it', () => {
  const { out } = stalk('synth');

  expect(out).toMatch(/^dev: 2 tenants, \d+ objects$/m);
  expect(existsSync(file('dist', 'dev', 'tenants', 'acme', 'kustomization.yaml'))).toBe(true);
});

test('stalk check finds nothing', () => {
  stalk('check');
});

test('the types of all doors hold, declarations included', () => {
  succeed('tsc --noEmit', project, 'npx', 'tsc', '--noEmit');
  succeed('tsc --noEmit --skipLibCheck false', project, 'npx', 'tsc', '--noEmit', '--skipLibCheck', 'false');
});

test('the package brings schemas for editors', () => {
  const says = "require('@stalk/stalk/schemas/tenant.json').$defs.Tenant.properties.name.description";
  const { out } = succeed('node', project, process.execPath, '--print', says);

  expect(out).toContain('Names the namespace');
});

test('npm test writes its snapshot once, and holds from then on', () => {
  npm('npm test', 'test');
  npm('npm test', 'test');

  expect(text('test', 'workloads.txt')).toContain(
    'dev acme\n  Deployment/worker-default x 1: acme/jobs:2.4.1',
  );
});

test('fails when a workload changes', () => {
  edit('tenants/hello.ts', 'hello/jobs:1.0.0', 'hello/jobs:1.0.1');

  const { code, out } = run('npm test', project, 'npm', 'test');

  expect(code).not.toBe(0);
  expect(out).toContain('workloads differ: review them, then UPDATE=1 npm test');
  edit('tenants/hello.ts', 'hello/jobs:1.0.1', 'hello/jobs:1.0.0');
});

test('stalk diff says nothing where nothing differs', () => {
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'tenants');

  stalk('diff', '--against', 'HEAD');
  expect(succeed('git status', project, 'git', 'status', '--porcelain', '--ignored').out.split('\n')).toEqual(
    expect.arrayContaining(['!! node_modules/']),
  );
});

test('a second environment is an object in the list', () => {
  edit(
    'stacks/environments.ts',
    /\n\];/,
    `
  {
    name: 'production',
    secrets: { strategy: 'existing' },
    storageClass: 'standard',
    brokers: { main: { topology: 'standalone' } },
  },
];`,
  );

  const { code, out } = ending('diff', '--markdown');
  stalk('synth');
  stalk('check');
  succeed('UPDATE=1 npm test', project, 'env', 'UPDATE=1', 'npm', 'test');

  expect(code).toBe(1);
  expect(out).toContain('production');
  expect(readdirSync(file('dist')).sort()).toEqual(['dev', 'production']);
});

test('a patch reaches the one object that it names', () => {
  edit(
    'tenants/acme.ts',
    /\n\};/,
    `
  patches: {
    'Deployment/worker-default': [{ op: 'add', path: '/spec/minReadySeconds', value: 10 }],
  },
};`,
  );

  const { code, out } = ending('diff', '--env', 'dev');
  stalk('synth');

  expect(code).toBe(1);
  expect(out).toContain('worker-default');
  expect(text('dist', 'dev', 'tenants', 'acme', 'deployment-worker-default.yaml')).toContain(
    'minReadySeconds: 10',
  );
  stalk('check');
});

test('stalk synth --env leaves the other environments alone', () => {
  const { out } = stalk('synth', '--env', 'dev');

  expect(out.trim()).toMatch(/^dev: \d+ tenants, \d+ objects$/);
  expect(existsSync(file('dist', 'production'))).toBe(true);
});

test('fails when a tenant breaks a rule, and dist/ stays', () => {
  edit('tenants/acme.ts', "queues: ['celery']", 'queues: []');
  const before = succeed('git status', project, 'git', 'status', '--porcelain').out;

  const { code, err } = ending('synth');

  expect(code).toBe(2);
  expect(err).toContain('tenant "acme": workers.default.queues');
  expect(succeed('git status', project, 'git', 'status', '--porcelain').out).toBe(before);
  edit('tenants/acme.ts', 'queues: []', "queues: ['celery']");
});

test('cdk8s synth, with a CLI that is no dependency, renders the same tree', () => {
  git('add', '--all');
  const version = packed.devDependencies['cdk8s-cli'];
  const env = [
    'CDK8S_CHECK_UPGRADE=false',
    'npx',
    '--yes',
    '--prefer-offline',
    '--package',
    `cdk8s-cli@${version}`,
  ];

  succeed('npx cdk8s synth', project, 'env', ...env, 'cdk8s', 'synth');

  expect(succeed('git diff', project, 'git', 'diff', '--stat').out).toBe('');
});

test('a second version is packed: a line of the loader differs', () => {
  const folder = join(scratch, 'next');
  mkdirSync(folder);
  succeed('tar', scratch, 'tar', '-xzf', first, '-C', folder);
  const source = join(folder, 'package');
  appendFileSync(join(source, 'build', 'lib', 'celery', 'runtime', 'stalk_celery.py'), '\n# a line more\n');
  writeFileSync(join(source, 'package.json'), JSON.stringify({ ...packed, version: NEXT }));
  succeed(
    'npm pack (second)',
    source,
    'npm',
    'pack',
    '--silent',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  );

  second = tarballIn(folder);
});

test('an upgrade is a version number with a preview', () => {
  git('commit', '--quiet', '--message', 'production');
  install('npm install <second tarball>', second);
  const { code, out } = ending('diff', '--markdown');

  expect(stalk('--version').out.trim()).toBe(NEXT);
  expect(code).toBe(1);
  expect(out).toMatch(/loader/i);
});

test('after the upgrade everything holds', () => {
  stalk('synth');

  stalk('check');
  succeed('tsc --noEmit', project, 'npx', 'tsc', '--noEmit');
  npm('npm test', 'test');
});

test('fails in one line where Pulumi is not installed', () => {
  const { err } = run('node', project, process.execPath, '-e', "require('@stalk/stalk/pulumi')");

  expect(err).toContain(
    '@pulumi/pulumi and @pulumi/kubernetes must be installed for @stalk/stalk/pulumi, got none; npm install --save-exact @pulumi/pulumi @pulumi/kubernetes',
  );
  expect(err).not.toContain('    at ');
});

test('stalk init --pulumi makes a project that Pulumi can load', () => {
  const other = join(project, 'with-pulumi');
  stalk('init', 'with-pulumi', '--pulumi');
  succeed('npm install (pulumi)', other, 'npm', 'install', ...QUIET);

  succeed('tsc --noEmit (pulumi)', other, 'npx', 'tsc', '--noEmit');
  const { out } = succeed(
    'node',
    other,
    process.execPath,
    '-p',
    "typeof require('@stalk/stalk/pulumi').deployStack",
  );

  expect(out.trim()).toBe('function');
  expect(JSON.parse(readFileSync(join(other, 'package.json'), 'utf8')).dependencies['@stalk/stalk']).toMatch(
    /^file:\.\.\/\.\.\/next\//,
  );
});

test('fails when another door than those of the package is tried', () => {
  const { err } = run('node', project, process.execPath, '-e', "require('@stalk/stalk/build/lib/platform')");

  expect(err).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});
