// What runs in pods, version by version: none changes once it is released.

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loader } from '../lib/celery/runtime';
import { NEWEST, RUNTIMES } from '../lib/spec/runtimes';
import { problems, release } from '../scripts/runtime';
import { readTree, scratch } from './support/tree';

const ROOT = resolve(__dirname, '..');

const tempFolder = scratch();

describe('the versions of this repository', () => {
  test('are as they were released', () => {
    expect(problems(ROOT, { newest: NEWEST, all: RUNTIMES })).toEqual([]);
  });

  test('are each told in docs/runtime.md', () => {
    const told = [...readFileSync(join(ROOT, 'docs/runtime.md'), 'utf8').matchAll(/^\| (\d\S*) +\|/gm)];

    expect(told.map(([, version]) => version)).toEqual([...RUNTIMES].reverse());
  });

  test.each(RUNTIMES)('%s is what the loader of that version says of itself', (version) => {
    expect(loader(version)['stalk_versions.py']).toContain(`\nRUNTIME = "${version}"`);
  });
});

/** A repository with the files of this one, and nothing released. */
function repository(): string {
  const root = tempFolder();
  for (const room of ['lib/celery/runtime', 'lib/redis/runtime'])
    cpSync(join(ROOT, room), join(root, room), { recursive: true });
  mkdirSync(join(root, 'scripts'));
  writeFileSync(join(root, 'scripts/runtimes.json'), '{}\n');
  return root;
}

describe('a version', () => {
  const first = { newest: '7.0.0', all: ['7.0.0'] };
  const second = { newest: '8.0.0', all: ['7.0.0', '8.0.0'] };
  const LOADER = 'lib/celery/runtime/stalk_celery.py';
  const change = (root: string, file: string) =>
    writeFileSync(join(root, file), `${readFileSync(join(root, file), 'utf8')}# changed\n`);

  test('may change until it is released', () => {
    const root = repository();

    change(root, LOADER);

    expect(problems(root, first)).toEqual([]);
  });

  test('is kept at its release, with the scripts of Redis', () => {
    const root = repository();

    release(root, '7.0.0');

    const tree = readTree(root);
    expect(tree.get('lib/celery/runtime/7.0.0/stalk_celery.py')).toBe(tree.get(LOADER));
    expect(tree.get('lib/redis/runtime/7.0.0/users.sh')).toBe(tree.get('lib/redis/runtime/users.sh'));
    expect(problems(root, first)).toEqual([]);
  });

  test('fails when the files change after its release, and does not under a new version', () => {
    const root = repository();
    release(root, '7.0.0');

    change(root, LOADER);

    expect(problems(root, first)).toEqual([
      'runtime 7.0.0 is released, and what runs in pods has changed since; give NEWEST another version and put 7.0.0 into OLDER in lib/spec/runtimes.ts, and say in docs/runtime.md what changed',
    ]);
    expect(problems(root, second)).toEqual([]);
  });

  test('fails when what was kept of it changes', () => {
    const root = repository();
    release(root, '7.0.0');

    change(root, 'lib/redis/runtime/7.0.0/probe.sh');

    expect(problems(root, second)).toEqual([
      'runtime 7.0.0 must stay as it was released, got other files; take them back',
    ]);
  });

  test('fails when another is the newest before it was kept', () => {
    expect(problems(repository(), second)).toEqual([
      'runtime 7.0.0 must be released before another is the newest; npm run release:runtime',
    ]);
  });
});
