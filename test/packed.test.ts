// What `npm pack` puts into the package, and whether that is all it needs. test/package installs it and lives with it.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { subset } from 'semver';
import { copied } from '../scripts/build';

const root = join(__dirname, '..');

const {
  dependencies,
  peerDependencies,
  peerDependenciesMeta,
  devDependencies,
  engines,
  bin,
  exports: doors,
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const below = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

const sources = below('lib').filter((file) => !file.startsWith('lib/scaffold/template/'));

/** What npm itself says it would pack; build/lib is there or not, as somebody has built it. */
const files: readonly string[] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)[0].files.map(({ path }: { readonly path: string }) => path);

describe('the package holds', () => {
  test('code, manual, licence and nothing of tests, tools or anybody’s list', () => {
    const top = new Set(files.map((file) => file.split('/')[0]));

    top.delete('build');

    expect([...top].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'docs',
      'package.json',
      'scripts',
    ]);
    expect(files.filter((file) => file.startsWith('build/') && !file.startsWith('build/lib/'))).toEqual([]);
    expect(files.filter((file) => file.startsWith('scripts/')).sort()).toEqual(
      ['scripts/register.cjs', bin.stalk].sort(),
    );
  });

  test('every file that is read at run time', () => {
    const wanted = below('lib').filter(
      (file) => file.startsWith('lib/scaffold/template/') || !file.endsWith('.ts'),
    );

    expect([...copied()].sort()).toEqual([...wanted].sort());
    expect(wanted).toEqual(
      expect.arrayContaining(['lib/celery/runtime/stalk_celery.py', 'lib/redis/runtime/users.sh']),
    );
  });

  test('every page that a message or a comment names', () => {
    const texts = [...below('lib'), 'README.md'].map((file) => readFileSync(join(root, file), 'utf8'));

    const pages = texts.flatMap((text) =>
      [...text.matchAll(/\bdocs\/[\w./-]+\.md\b/g)].map(([page]) => page),
    );

    expect(pages.length).toBeGreaterThan(3);
    expect(pages.filter((page) => !files.includes(page))).toEqual([]);
  });

  test('what its doors lead to', () => {
    const targets = Object.values<string | Record<string, string>>(doors).flatMap((door) =>
      typeof door === 'string' ? [door] : Object.values(door),
    );

    const missing = targets
      .map((target) => target.replace(/^\.\/build\/lib\/(.*?)(\.d\.ts|\.js)$/, './lib/$1.ts'))
      .map((target) => target.replace(/^\.\/build\/lib\/schemas\/.*\.json$/, './scripts/schema.ts'))
      .filter((target) => !existsSync(join(root, target)));

    expect(missing).toEqual([]);
  });
});

describe('what lib loads at run time', () => {
  const LOADS =
    /^(?:import|export) (?!type\b)[^;]*?from '([^'.][^']*)'|\b(?:import|require)\('([^'.][^']*)'\)/gm;
  const loaded = [
    ...sources.filter((file) => file.endsWith('.ts')),
    'scripts/stalk.cjs',
    'scripts/register.cjs',
  ]
    .flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(LOADS)].map(([, from, required]) => ({
        file,
        name: packageOf(String(from ?? required)),
      })),
    )
    .filter(({ name }) => !name.startsWith('node:') && !builtinModules.includes(name));
  const pulumi = (file: string): boolean => file.startsWith('lib/output/pulumi/');

  test('is a dependency', () => {
    const undeclared = loaded.filter(({ file, name }) => !(name in dependencies) && !pulumi(file));

    expect(undeclared).toEqual([]);
    expect(loaded.map(({ name }) => name)).toEqual(expect.arrayContaining(['cdk8s', '@swc/core', 'pirates']));
  });

  test('is an optional peer where it is Pulumi', () => {
    const peers = new Set(
      loaded.filter(({ file, name }) => pulumi(file) && !(name in dependencies)).map(({ name }) => name),
    );

    expect([...peers].sort()).toEqual(Object.keys(peerDependencies));
    for (const name of peers) {
      expect(peerDependenciesMeta[name]).toEqual({ optional: true });
      expect(subset(devDependencies[name], peerDependencies[name])).toBe(true);
    }
  });

  test('leaves no dependency without a use', () => {
    const names = new Set(loaded.map(({ name }) => name));

    expect(Object.keys(dependencies).filter((name) => !names.has(name))).toEqual([]);
  });
});

test('every dependency runs on every Node that engines names', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

  const refused = Object.entries<Locked>(packages)
    .filter(([, { dev, engines: wanted }]) => dev !== true && wanted?.node !== undefined)
    .filter(([, { engines: wanted }]) => !subset(engines.node, String(wanted?.node)))
    .map(([path, { engines: wanted }]) => `${path} wants ${String(wanted?.node)}`);

  expect(refused).toEqual([]);
});

interface Locked {
  readonly dev?: true;
  readonly engines?: { readonly node?: string };
}

/** `@swc/core` of `@swc/core/binding`. */
function packageOf(source: string): string {
  return source.split('/', source.startsWith('@') ? 2 : 1).join('/');
}
