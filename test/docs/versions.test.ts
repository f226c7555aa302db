// Versions that the docs name are those that the repository pins, renders or tests.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaults } from '../../lib/spec/defaults';

const root = join(__dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const LISTS = join('test', 'live', 'loader');

interface Manifest {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const { engines, dependencies, devDependencies, scripts } = JSON.parse(read('package.json')) as Manifest;
const pinned = { ...devDependencies, ...dependencies };

/** `celery` by version of each list of the live tests. */
const lists = readdirSync(join(root, LISTS))
  .filter((file) => /^celery-.+\.txt$/.test(file))
  .map((file) =>
    Object.fromEntries(
      read(join(LISTS, file))
        .trim()
        .split('\n')
        .map((line) => line.split('==') as [string, string]),
    ),
  );

/** The row of a table that begins with that cell. */
function row(page: string, first: string): string {
  const found = read(page)
    .split('\n')
    .find((line) => line.startsWith('|') && line.split('|')[1]?.trim() === first);
  if (found === undefined) throw new Error(`${page} has no row ${first}`);
  return found;
}

describe('versions.md', () => {
  test.each([
    ['cdk8s', 'cdk8s'],
    ['cdk8s', 'cdk8s-plus-27'],
    ['cdk8s CLI', 'cdk8s-cli'],
    ['TypeScript', 'typescript'],
    ['`@pulumi/pulumi`', '@pulumi/pulumi'],
    ['`@pulumi/kubernetes`', '@pulumi/kubernetes'],
  ])('its row %s names the pinned version of %s', (first, name) => {
    expect(pinned[name]).toBeDefined();
    expect(row('docs/versions.md', first)).toContain(pinned[name]);
  });

  test.each(engines.node.match(/\d+\.\d+/g) ?? [])('names Node %s, the oldest of its line', (oldest) => {
    expect(row('docs/versions.md', 'Node')).toContain(oldest);
  });

  test.each([
    ['Celery', 'celery'],
    ['kombu', 'kombu'],
    ['billiard', 'billiard'],
    ['redis-py', 'redis'],
    ['Django', 'Django'],
    ['Django', 'django-celery-beat'],
    ['Django', 'django-celery-results'],
    ['RedBeat', 'celery-redbeat'],
    ['Flower', 'flower'],
    ['gevent', 'gevent'],
  ])('its row %s names every version of %s that live tests install', (first, name) => {
    const versions = lists.flatMap((list) => (list[name] === undefined ? [] : [list[name]]));

    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(row('docs/versions.md', first)).toContain(version);
  });

  test.each(['celery', 'kombu', 'redis', 'billiard'])(
    'the loader names exactly the versions of %s that live tests install',
    (name) => {
      const line = new RegExp(`"${name}": \\((.*)\\),`).exec(
        read('lib/celery/runtime/stalk_versions.py'),
      )?.[1];
      const versions = [...(line ?? '').matchAll(/"([\d.]+)"/g)].map(([, version = '']) => version);

      expect(versions).toEqual([...new Set(lists.map((list) => list[name] ?? ''))].sort());
    },
  );

  test('its row Python names every version that live tests run', () => {
    for (const [, python = ''] of readdirSync(join(root, LISTS))
      .join(' ')
      .matchAll(/python-(\d+\.\d+)/g))
      expect(row('docs/versions.md', 'Python')).toContain(python);
  });

  test('names the default image of Redis', () => {
    expect(row('docs/versions.md', 'Redis')).toContain(`\`${defaults.redis.image}\``);
  });
});

describe('images.md', () => {
  test.each(['celery', 'kombu', 'billiard', 'redis'])('names the tested versions of %s', (name) => {
    for (const list of lists) expect(read('docs/images.md')).toContain(list[name]);
  });

  test('names the user, and folders as they are rendered', () => {
    expect(read('docs/images.md')).toContain(`user and group ${defaults.app.user}`);
  });
});

describe('security.md', () => {
  test('the package has no script that runs when it is installed', () => {
    const hooks = ['preinstall', 'install', 'postinstall'];

    expect(Object.keys(scripts).filter((name) => hooks.includes(name))).toEqual([]);
  });

  test('every dependency has an exact version', () => {
    const loose = Object.entries(pinned).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));

    expect(loose).toEqual([]);
  });
});
