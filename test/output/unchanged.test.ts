// What a run need not render again, and everything that makes it render after all.

import { appendFileSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeGitOps } from '../../lib';
import type { Leaf, Platform } from '../../lib/platform';
import { platforms } from '../../lib/platform';
import type { Environment, Tenant } from '../../lib/spec';
import { plain, tenantOf } from '../support/synth';
import { readTree, scratch } from '../support/tree';

const tempFolder = scratch();

const acme = tenantOf({ broker: { shared: 'main' } });
const globex = tenantOf({ name: 'globex', broker: { topology: 'standalone' } });

/** A platform that says which of its leaves it has built. */
function counted(list: readonly Tenant[] = [acme, globex], environment: Environment = plain) {
  const built: string[] = [];
  const watched = (leaf: Leaf): Leaf => ({
    ...leaf,
    build: () => {
      built.push(leaf.folder);
      return leaf.build();
    },
  });
  const all = platforms({ environments: [environment], tenants: list }).map((platform): Platform => ({
    ...platform,
    leaves: platform.leaves.map(watched),
  }));
  return { all, built };
}

const sleep = (milliseconds: number): void =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

const EDITED = 'test/tenants/globex/deployment-worker-default.yaml';

/** A tree that a run has written, old enough for the next to know it. */
function writtenTree() {
  const root = tempFolder();
  const [tree, known] = [join(root, 'dist'), join(root, 'known.json')];
  writeGitOps(counted().all, tree);
  utimesSync(join(tree, EDITED), 1, 1); // whole seconds, which can be set back
  sleep(120);
  const first = writeGitOps(counted().all, tree, { known });
  return {
    tree,
    known,
    first,
    run: (of = counted()) => ({ of, told: writeGitOps(of.all, tree, { known }) }),
  };
}

const clean = (list?: readonly Tenant[], environment?: Environment) => {
  const tree = join(tempFolder(), 'dist');
  writeGitOps(counted(list, environment).all, tree);
  return [...readTree(tree)];
};

test('nothing is rendered where nothing has changed, and as many objects are told', () => {
  const { run, first, tree } = writtenTree();

  const { of, told } = run();

  expect(of.built).toEqual([]);
  expect(told).toEqual(first);
  expect([...readTree(tree)]).toEqual(clean());
});

test('a changed tenant is rendered, and what is made of all tenants; the other tenant is not', () => {
  const { run, tree } = writtenTree();
  const scaled: Tenant = { ...acme, workers: { default: { queues: ['celery'], replicas: 3 } } };

  const { of } = run(counted([scaled, globex]));

  expect(of.built).toEqual(['platform', 'brokers/main', 'tenants/acme']);
  expect([...readTree(tree)]).toEqual(clean([scaled, globex]));
});

test('a changed environment is rendered whole', () => {
  const { run, tree } = writtenTree();
  const zoned = { ...plain, storageClass: 'fast' };

  const { of } = run(counted([acme, globex], zoned));

  expect(of.built).toEqual(['platform', 'brokers/main', 'tenants/acme', 'tenants/globex']);
  expect([...readTree(tree)]).toEqual(clean([acme, globex], zoned));
});

test('the last tenant that stays keeps the programs that others brought', () => {
  const { run, tree } = writtenTree();

  run(counted([globex]));

  expect([...readTree(tree)]).toEqual(clean([globex]));
});

describe('a file of the tree is found and repaired', () => {
  test.each<readonly [what: string, change: (path: string) => void]>([
    ['edited', (path) => appendFileSync(path, '# by hand\n')],
    [
      'edited to the same size, with its old times set back',
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, readFileSync(path, 'utf8').replace('replicas: 1', 'replicas: 9'));
        utimesSync(path, atime, mtime);
        sleep(120); // else it is too new to be trusted
      },
    ],
    ['deleted', (path) => rmSync(path)],
  ])('%s', (_, change) => {
    const { run, tree } = writtenTree();
    change(join(tree, EDITED));

    const { of } = run();

    expect(of.built).toEqual(['tenants/globex']);
    expect([...readTree(tree)]).toEqual(clean());
  });

  test('one that belongs to the programs of all', () => {
    const { run, tree } = writtenTree();
    rmSync(join(tree, 'test/runtime/0.1.0/stalk-loader/configmap-stalk-loader.yaml'));

    run();

    expect([...readTree(tree)]).toEqual(clean());
  });

  test('one that is too many', () => {
    const { run, tree } = writtenTree();
    writeFileSync(join(tree, 'test/tenants/globex/mine.yaml'), 'a: 1\n');

    run();

    expect([...readTree(tree)]).toEqual(clean());
  });
});

test('a file so new that another change could bear its time is not trusted', () => {
  const root = tempFolder();
  const known = join(root, 'known.json');
  writeGitOps(counted().all, join(root, 'dist'), { known });
  const again = counted();

  writeGitOps(again.all, join(root, 'dist'), { known });

  expect(again.built).not.toEqual([]);
});

test('a run whose folder may not be written keeps nothing, and writes the tree', () => {
  const root = tempFolder();
  writeFileSync(join(root, 'taken'), '');
  const tree = join(root, 'dist');

  writeGitOps(counted().all, tree, { known: join(root, 'taken', 'known.json') });

  expect([...readTree(tree)]).toEqual(clean());
});

test('a broken file of what is known is as good as none', () => {
  const { run, known, tree } = writtenTree();
  writeFileSync(known, '{"test/');

  const { of } = run();

  expect(of.built).toHaveLength(4);
  expect([...readTree(tree)]).toEqual(clean());
});
