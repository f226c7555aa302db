// How a tree replaces an older one: what is touched, what goes, and what a failure or a kill leaves.

import fs, {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeGitOps } from '../../lib';
import { kustomization } from '../../lib/output/kustomization';
import { moveAll } from '../../lib/output/moves';
import { stage } from '../../lib/output/staging';
import { strangerFilesIn } from '../../lib/output/strangers';
import { platforms } from '../../lib/platform';
import type { Platform } from '../../lib/platform';
import type { Environment, Tenant } from '../../lib/spec';
import { plain, tenantOf } from '../support/synth';
import { readTree, scratch } from '../support/tree';

const tempFolder = scratch();
const actual = fs.renameSync;

const other: Environment = { ...plain, name: 'other' };
const listOf = (...tenants: readonly Tenant[]): Platform[] =>
  platforms({ environments: [plain, other], tenants });
const acme = tenantOf();
const globex = tenantOf({ name: 'globex' });
const scaled = tenantOf({ workers: { default: { queues: ['celery'], replicas: 3 } } });

/** A tree of acme, a day old. */
function oldTree(): string {
  const folder = join(tempFolder(), 'dist');
  writeGitOps(listOf(acme), folder);
  for (const file of readTree(folder).keys()) utimesSync(join(folder, file), YESTERDAY, YESTERDAY);
  return folder;
}

const YESTERDAY = Date.now() / 1000 - 86_400;

const touchedIn = (folder: string): string[] =>
  [...readTree(folder).keys()].filter((file) => statSync(join(folder, file)).mtimeMs / 1000 > YESTERDAY + 60);

const fresh = (platform: readonly Platform[]) => {
  const folder = join(tempFolder(), 'dist');
  writeGitOps(platform, folder);
  return [...readTree(folder)];
};

test('a run that changes nothing touches nothing', () => {
  const folder = oldTree();
  const before = statSync(join(folder, 'test/tenants/acme'));

  writeGitOps(listOf(acme), folder);

  expect(touchedIn(folder)).toEqual([]);
  expect(statSync(join(folder, 'test/tenants/acme'))).toEqual(before);
});

test('a change touches the files that hold it, and no other', () => {
  const folder = oldTree();

  writeGitOps(listOf(scaled), folder);

  expect(touchedIn(folder).filter((file) => file.startsWith('test/'))).toEqual([
    'test/tenants/acme/deployment-worker-default.yaml',
    'test/tenants/acme/resourcequota-tenant.yaml',
  ]);
  expect([...readTree(folder)]).toEqual(fresh(listOf(scaled)));
});

test('a tenant that leaves the list takes its folder along', () => {
  const folder = oldTree();
  writeGitOps(listOf(acme, globex), folder);
  expect(existsSync(join(folder, 'test/tenants/globex'))).toBe(true);

  writeGitOps(listOf(acme), folder);

  expect(existsSync(join(folder, 'test/tenants/globex'))).toBe(false);
  expect([...readTree(folder)]).toEqual(fresh(listOf(acme)));
});

describe('a tree that somebody has changed is whole again', () => {
  test.each<readonly [what: string, change: (acmes: string) => void]>([
    ['an edited file', (acmes) => writeFileSync(join(acmes, 'deployment-worker-default.yaml'), 'a: 1\n')],
    ['a file that is gone', (acmes) => rmSync(join(acmes, 'deployment-worker-default.yaml'))],
    ['a folder that is gone', (acmes) => rmSync(acmes, { recursive: true })],
    ['a file too many', (acmes) => writeFileSync(join(acmes, 'mine.yaml'), 'a: 1\n')],
    ['a folder too many', (acmes) => mkdirSync(join(acmes, 'empty'))],
    [
      'a folder in the place of a file',
      (acmes) => {
        rmSync(join(acmes, 'deployment-worker-default.yaml'));
        mkdirSync(join(acmes, 'deployment-worker-default.yaml'));
      },
    ],
    [
      'a file in the place of a folder',
      (acmes) => {
        rmSync(acmes, { recursive: true });
        writeFileSync(acmes, 'a: 1\n');
      },
    ],
    [
      'a link in the place of a folder with the same files',
      (acmes) => {
        renameSync(acmes, join(acmes, '..', '..', 'elsewhere'));
        symlinkSync('../elsewhere', acmes);
      },
    ],
  ])('%s', (_, change) => {
    const folder = oldTree();
    change(join(folder, 'test/tenants/acme'));

    writeGitOps(listOf(acme), folder);

    expect([...readTree(folder)]).toEqual(fresh(listOf(acme)));
    expect(lstatSync(join(folder, 'test/tenants/acme')).isDirectory()).toBe(true);
    expect(readdirSync(join(folder, 'test/tenants/acme'))).not.toContain('empty');
  });
});

test('an environment that is not asked for keeps even what does not belong there', () => {
  const folder = oldTree();
  writeFileSync(join(folder, 'other/tenants/acme/mine.yaml'), 'a: 1\n');

  writeGitOps(listOf(scaled), folder, { only: ['test'] });

  expect(touchedIn(folder).filter((file) => file.startsWith('other/'))).toEqual([
    'other/tenants/acme/mine.yaml',
  ]);
  expect(touchedIn(folder)).toContain('test/tenants/acme/deployment-worker-default.yaml');
});

test('a tree behind a link is written where it lies, and the link stays', () => {
  const folder = oldTree();
  const link = join(tempFolder(), 'dist');
  symlinkSync(folder, link);

  writeGitOps(listOf(scaled), link);

  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect([...readTree(folder)]).toEqual(fresh(listOf(scaled)));
});

describe('moves', () => {
  /** A folder with the files `a`, `b` and `new`, each with its name in it. */
  function three(): string {
    const folder = tempFolder();
    for (const name of ['a', 'b', 'new']) writeFileSync(join(folder, name), name);
    return folder;
  }

  const content = (folder: string) =>
    ['a', 'b', 'new']
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

  test('put a file in the place of another, and remove one', () => {
    const folder = three();

    moveAll(join(folder, 'removed'), ({ put, remove }) => {
      remove(join(folder, 'b'));
      put(join(folder, 'new'), join(folder, 'a'));
    });

    expect(content(folder)).toEqual([['a', 'new']]);
  });

  test('fail together: those before the one that fails are taken back', () => {
    const folder = three();

    expect(() =>
      moveAll(join(folder, 'removed'), ({ put, remove }) => {
        remove(join(folder, 'b'));
        put(join(folder, 'new'), join(folder, 'a'));
        put(join(folder, 'nowhere'), join(folder, 'c'));
      }),
    ).toThrow('ENOENT');

    expect(content(folder)).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['new', 'new'],
    ]);
  });
});

test('a run that is killed between two moves leaves nothing that the next refuses to delete, and the next finishes it', () => {
  const before = { 'test/a': ['same', 'changed', 'goes'], 'test/b': ['goes'] };
  const after = { 'test/a': ['same', 'changed', 'comes'], 'test/c': ['comes', 'too'] };
  const folder = join(tempFolder(), 'dist');
  const clean = join(tempFolder(), 'dist');
  placeFiles(clean, after, 2);
  const rename = jest.spyOn(fs, 'renameSync');

  let finished = false;
  for (let steps = 0; !finished; steps++) {
    placeFiles(folder, before, 1);
    finished = !killedAt(steps, () => placeFiles(folder, after, 2));
    expect([steps, strangerFilesIn(folder)]).toEqual([steps, []]);
    placeFiles(folder, after, 2);
    expect([...readTree(folder)]).toEqual([...readTree(clean)]);
  }
  rename.mockRestore();

  /** Lays files into a tree, each folder with its list; all but those called "same" hold a version. */
  function placeFiles(tree: string, folders: Readonly<Record<string, readonly string[]>>, version: number) {
    const staging = stage({ tree, scratch: tempFolder(), only: undefined });
    for (const [path, names] of Object.entries(folders)) {
      for (const name of names) staging.write(path, name, name === 'same' ? name : `${name} ${version}`);
      staging.write(path, 'kustomization.yaml', kustomization(names));
    }
    staging.place();
  }

  /** Whether the run was killed: from then on it moves nothing, neither forth nor back. */
  function killedAt(steps: number, run: () => void): boolean {
    let done = 0;
    rename.mockImplementation((from, to) => {
      if (done++ >= steps) throw new Error('killed');
      actual(from, to);
    });
    try {
      run();
      return false;
    } catch {
      return true;
    } finally {
      rename.mockImplementation(actual);
    }
  }
});
