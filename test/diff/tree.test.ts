// A rendered tree is read as kustomize reads it.

import { itemsOf, readTree, sidesOf } from '../../lib/diff';
import type { Files } from '../../lib/diff';

const lists = (resources: readonly string[], more = ''): string =>
  `kind: Kustomization\n${more}resources:\n${resources.map((one) => `  - ${one}\n`).join('')}`;

const configMap = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${namespace === undefined ? '' : `  namespace: ${namespace}\n`}`;

const files = (more: Readonly<Record<string, string>>): Files =>
  new Map(
    Object.entries({
      'dev/kustomization.yaml': lists(['tenants/acme']),
      'dev/tenants/acme/kustomization.yaml': lists(['a.yaml']),
      'dev/tenants/acme/a.yaml': configMap('a', 'acme'),
      ...more,
    }),
  );

const namesIn = (tree: Files): string[] =>
  itemsOf(readTree(tree).sources).map(
    ({ environment, folder, manifest: { metadata } }) =>
      `${environment} ${folder} ${metadata.namespace}/${metadata.name}`,
  );

test('what lies beside a list is not applied', () => {
  expect(namesIn(files({ 'dev/tenants/acme/stray.yaml': configMap('stray') }))).toEqual([
    'dev tenants/acme acme/a',
  ]);
});

test('a base that folders share is read in the namespace of each', () => {
  const tree = files({
    'dev/tenants/acme/kustomization.yaml': lists(['a.yaml', '../../runtime/1'], 'namespace: acme\n'),
    'dev/runtime/1/kustomization.yaml': lists(['loader.yaml', 'class.yaml']),
    'dev/runtime/1/loader.yaml': configMap('loader'),
    'dev/runtime/1/class.yaml': 'kind: PriorityClass\nmetadata:\n  name: class\n',
  });

  expect(namesIn(tree)).toEqual([
    'dev tenants/acme acme/a',
    'dev tenants/acme acme/loader',
    'dev tenants/acme undefined/class',
  ]);
});

test('a file may hold several objects', () => {
  const tree = files({
    'dev/tenants/acme/a.yaml': `${configMap('a', 'acme')}---\n${configMap('b', 'acme')}`,
  });

  expect(namesIn(tree)).toEqual(['dev tenants/acme acme/a', 'dev tenants/acme acme/b']);
});

test('what Argo CD and Flux need is read beside the environment', () => {
  const tree = files({
    'dev/gitops/argocd/kustomization.yaml': lists(['set.yaml']),
    'dev/gitops/argocd/set.yaml': 'kind: ApplicationSet\nmetadata:\n  name: dev\n',
  });

  expect(namesIn(tree)).toContain('dev gitops/argocd undefined/dev');
});

test('a file that is the same on both sides is not parsed', () => {
  const broken = files({ 'dev/tenants/acme/a.yaml': '{ not: [yaml' });
  const tree = readTree(broken);

  expect(sidesOf({ name: 'a', tree }, { name: 'b', tree }).map(({ items }) => items)).toEqual([[], []]);
});

test('what kustomize would add is noted, as it is not read', () => {
  const tree = files({
    'dev/tenants/acme/kustomization.yaml': lists(['a.yaml', 'https://x.example'], 'namePrefix: x-\n'),
  });

  expect(readTree(tree).notes).toEqual([
    'dev/tenants/acme/kustomization.yaml: namePrefix not read; its objects are compared without',
    'dev/tenants/acme/kustomization.yaml: https://x.example is elsewhere, and not compared',
  ]);
});

test('fails when a list names a file that is not there', () => {
  const tree = files({ 'dev/tenants/acme/kustomization.yaml': lists(['a.yaml', 'b.yaml']) });

  expect(() => readTree(tree)).toThrow(
    'dev/tenants/acme/kustomization.yaml must list files that are there, got b.yaml; run stalk synth',
  );
});

test('fails when a file is no YAML, and names it', () => {
  const tree = files({ 'dev/tenants/acme/a.yaml': '{ not: [yaml' });

  expect(() => itemsOf(readTree(tree).sources)).toThrow(/^dev\/tenants\/acme\/a\.yaml must be YAML, got /);
});
