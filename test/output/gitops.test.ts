// The tree as it lies on disk: its folders, its bytes, what changes it and what does not.

import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeGitOps } from '../../lib';
import { noExtra } from '../../lib/output/extra';
import { fileOf } from '../../lib/output/manifest';
import { manifestsOf } from '../../lib/output/manifests';
import { renderTree } from '../../lib/output/tree';
import { platforms } from '../../lib/platform';
import type { Leaf, Platform } from '../../lib/platform';
import type { Environment, Patches, Tenant } from '../../lib/spec';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { plain, tenantOf } from '../support/synth';
import { built, changed, readTree, scratch } from '../support/tree';
import type { Tree } from '../support/tree';

const tempFolder = scratch();

const reference = (): Platform[] => platforms({ environments, tenants });

function written(all: readonly Platform[]): Tree {
  const folder = join(tempFolder(), 'dist');
  writeGitOps(all, folder);
  return readTree(folder);
}

const treeOf = (environment: Environment, list: readonly Tenant[]): Tree =>
  written(platforms({ environments: [environment], tenants: list }));

const tree = written(reference());
const parsed = new Map([...tree].map(([file, text]) => [file, parse(text)]));

describe('the tree of the reference tenants', () => {
  const leafFolders = reference().flatMap(({ environment, leaves }) =>
    leaves.map((leaf) => `${environment.name}/${leaf.folder}`),
  );

  test('has a folder for each leaf, and GitOps outside of every leaf', () => {
    const folders = new Set([...tree.keys()].map((file) => file.split('/').slice(0, -1).join('/')));

    const others = environments.flatMap(({ name }) => [name, `${name}/gitops/argocd`, `${name}/gitops/flux`]);
    const known = [...folders].filter((folder) => !/(^|\/)runtime(\/|$)/.test(folder));
    expect(known.sort()).toEqual([...leafFolders, ...others].sort());
  });

  test('has the programs of pods once in each environment, and takes them from there', () => {
    const holders = [...tree].filter(
      ([, text]) => text.includes('def wait():') || text.includes('#!/bin/sh'),
    );

    expect(holders.map(([file]) => file)).toEqual(
      ['dev', 'production', 'staging'].flatMap((name) =>
        ['cache-scripts', 'redis-scripts', 'stalk-loader'].map(
          (map) => `${name}/runtime/0.1.0/${map}/configmap-${map}.yaml`,
        ),
      ),
    );
  });

  test.each(leafFolders)('%s holds an object a file, all of them in its kustomization', (folder) => {
    const files = [...tree.keys()]
      .filter((f) => f.startsWith(`${folder}/`))
      .map((f) => f.slice(folder.length + 1))
      .filter((f) => !f.startsWith('runtime/'));

    const { resources } = parsed.get(`${folder}/kustomization.yaml`);
    const listed = resources.filter((name: string) => name !== 'runtime');
    expect([...listed, 'kustomization.yaml'].sort()).toEqual(files.sort());
    for (const file of listed) {
      const { kind, metadata } = parsed.get(`${folder}/${file}`);
      expect(file).toBe(`${kind}-${metadata.name}.yaml`.toLowerCase());
    }
  });

  test.each(reference())(
    '$environment.name is listed whole in its own kustomization',
    ({ environment, leaves }) => {
      const { resources } = parsed.get(`${environment.name}/kustomization.yaml`);

      expect(resources).toEqual(leaves.map((leaf) => leaf.folder));
    },
  );

  test('reads back as the manifests', () => {
    for (const { environment, leaves } of reference()) {
      for (const leaf of leaves) {
        const manifests = byName(manifestsOf(leaf).map(({ manifest }) => manifest));
        const read = byName(built(tree, `${environment.name}/${leaf.folder}`));

        expect(read).toStrictEqual(JSON.parse(JSON.stringify(manifests)));
      }
    }
  });

  test('has each object of a leaf in its folder or among its programs, for whoever reads them one by one', () => {
    renderTree(reference(), noExtra, ({ leaf, files }) => {
      if (leaf === undefined) return;
      const own = [...files.keys()].filter((file) => file !== 'kustomization.yaml');
      const programs = leaf.programs.map((m) => `configmap-${m.metadata.name}.yaml`);

      expect([...own, ...programs].sort()).toEqual(leaf.manifests.map(fileOf).sort());
    });
  });

  test('may be read by everybody whom the umask lets in', () => {
    const folder = join(tempFolder(), 'dist');
    const beside = join(tempFolder(), 'beside');
    mkdirSync(beside);

    writeGitOps(reference().slice(0, 1), folder);

    expect(statSync(folder).mode).toBe(statSync(beside).mode);
  });
});

const byName = <T extends { readonly kind: string; readonly metadata: { readonly name: string } }>(
  manifests: readonly T[],
): T[] => {
  const name = ({ kind, metadata }: T) => `${kind}/${metadata.name}`;
  return [...manifests].sort((a, b) => (name(a) < name(b) ? -1 : 1));
};

describe('the same input', () => {
  test('gives the same bytes again', () => {
    expect(changed(tree, written(reference()))).toEqual([]);
  });
});

describe('a seventh tenant', () => {
  const seventh = tenantOf({
    name: 'seventh',
    broker: { shared: 'shared' },
    app: { dialect: 'celery', image: 'a/b:1', module: 'a' },
  });
  const after = written(platforms({ environments, tenants: [...tenants, seventh] }));

  test('on the shared broker changes its own folder, the lists of folders, and the broker’s users', () => {
    const files = changed(tree, after);

    expect(files.filter((file) => !file.includes('/tenants/seventh/'))).toEqual(
      ['dev', 'production', 'staging'].flatMap((name) => [
        `${name}/brokers/shared/configmap-redis-rules.yaml`,
        ...(name === 'dev' ? ['dev/brokers/shared/secret-redis-users.yaml'] : []),
        `${name}/gitops/flux/kustomization.yaml`,
        `${name}/gitops/flux/tenants-seventh.yaml`,
        `${name}/kustomization.yaml`,
      ]),
    );
  });

  test('adds lines and takes none away', () => {
    const files = changed(tree, after).filter((file) => tree.has(file));

    for (const file of files) {
      const lines = new Set((after.get(file) ?? '').split('\n'));
      const lost = (tree.get(file) ?? '').split('\n').filter((line) => !lines.has(line));
      expect([file, lost]).toEqual([file, []]);
    }
  });

  test('with a Redis of its own changes no broker', () => {
    const alone = written(
      platforms({ environments, tenants: [...tenants, { ...seventh, broker: { topology: 'standalone' } }] }),
    );

    expect(changed(tree, alone).filter((file) => file.includes('/brokers/'))).toEqual([]);
  });
});

test('another order of tenants changes nothing but the order of the lists of folders', () => {
  const turned = written(platforms({ environments, tenants: [...tenants].reverse() }));

  const files = changed(tree, turned);
  const lists = ['gitops/flux/kustomization.yaml', 'kustomization.yaml'];
  expect(files).toEqual(
    ['dev', 'production', 'staging'].flatMap((name) => lists.map((list) => `${name}/${list}`)),
  );
  for (const file of files) {
    expect((turned.get(file) ?? '').split('\n').sort()).toEqual((tree.get(file) ?? '').split('\n').sort());
  }
});

test('an environment without gitops gets no such folder', () => {
  const files = [...treeOf(plain, [tenantOf()]).keys()];

  expect(files.filter((file) => file.includes('gitops'))).toEqual([]);
  expect(files).toContain('test/tenants/acme/deployment-worker-default.yaml');
});

describe('when a leaf cannot be written', () => {
  const [good] = platforms({ environments: [plain], tenants: [tenantOf()] });
  if (good === undefined) throw new Error('nothing to break');

  /** The platform with its tenant's leaf changed. */
  const withLeaf = (change: (leaf: Leaf) => Leaf): Platform => ({
    ...good,
    leaves: good.leaves.map((leaf) => (leaf.kind === 'tenant' ? change(leaf) : leaf)),
  });

  const patch = (patches: Patches) =>
    withLeaf((leaf) => ({
      ...leaf,
      patches: [{ owner: 'tenant', environment: 'test', path: ['patches'], patches }],
    }));

  /** A written tree, what happens to it, and what lies beside it then. */
  function attempt(broken: Platform) {
    const parent = tempFolder();
    const folder = join(parent, 'dist');
    mkdirSync(folder);
    writeFileSync(join(folder, 'old.yaml'), 'old: true\n');
    let message = '';
    try {
      writeGitOps([broken], folder);
    } catch (error) {
      message = (error as Error).message;
    }
    return { message, old: [...readTree(folder)], beside: readdirSync(parent) };
  }

  const untouched = { old: [['old.yaml', 'old: true\n']], beside: ['dist'] };

  test('fails when a patch matches nothing, and leaves the old tree alone', () => {
    const result = attempt(patch({ 'Deployment/worker': [] }));

    expect(result).toEqual({
      message:
        'tenant "acme": patches["Deployment/worker"] must match an object, got none; did you mean Deployment/worker-default (test)',
      ...untouched,
    });
  });

  test('fails when a leaf cannot be built, and leaves the old tree alone', () => {
    const result = attempt(
      withLeaf((leaf) => ({
        ...leaf,
        build: () => {
          throw new Error('no disk');
        },
      })),
    );

    expect(result).toEqual({ message: 'no disk', ...untouched });
  });

  test('fails when a Secret would be rendered outside a disposable cluster', () => {
    const disposable: Environment = { ...plain, disposable: true, secrets: { strategy: 'literal' } };
    const [literal] = platforms({ environments: [disposable], tenants: [tenantOf()] });

    const result = attempt({ ...good, leaves: literal?.leaves ?? [] });

    expect(result).toEqual({
      message: 'Secret broker-main/redis-users must not be rendered: the environment is not disposable',
      ...untouched,
    });
  });

  test('fails when a value is none, with the file and the path', () => {
    const none = { op: 'replace', path: '/spec/replicas', value: Number.NaN } as const;

    const result = attempt(patch({ 'Deployment/worker-default': [none] }));

    expect(result).toEqual({
      message:
        'tenants/acme/deployment-worker-default.yaml: spec.replicas must be a value, got null; leave the key out',
      ...untouched,
    });
  });
});
