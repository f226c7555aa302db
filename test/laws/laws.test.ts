// Every law holds in every leaf that is rendered anywhere, and each of them can fail.

import { clusterLaws, clusterOf, laws, viewOf } from '../../lib/laws';
import { allLeaves, labelOf } from '../support/clusters';
import { lookup } from '../support/synth';
import type { Manifest } from '../support/synth';
import type { SpoiltLeaf } from './breach';
import { breaches, clusterBreaches } from './breaches';

const environmentNames = [...new Set(allLeaves.map(({ environment }) => environment))];
const views = allLeaves.map((leaf) => [labelOf(leaf), viewOf(leaf)] as const);

const spoilt = (label: string): SpoiltLeaf => {
  const found = allLeaves.find((leaf) => labelOf(leaf) === label);
  if (found === undefined) throw new Error(`no leaf ${label}`);
  const { manifests, ...leaf } = structuredClone(found);
  return { ...leaf, manifests: manifests as readonly unknown[] as Manifest[] };
};

describe.each(laws)('$name', ({ name, check }) => {
  test('in every leaf', () => {
    const found = views.flatMap(([label, view]) => check(view).map(({ text }) => `${label}: ${text}`));

    expect(found).toEqual([]);
  });

  test.each(breaches[name] ?? [])('fails when $when', ({ leaf: label, spoil, says }) => {
    const leaf = spoilt(label);

    spoil(lookup(leaf.manifests), leaf);

    expect(check(viewOf(leaf)).map(({ text }) => text)).toEqual(says);
  });
});

describe.each(clusterLaws)('$name', ({ name, check }) => {
  const clusterCalled = (environment: string) =>
    clusterOf(views.map(([, view]) => view).filter((view) => view.environment === environment));

  test.each(environmentNames)('in %s', (environment) => {
    const cluster = clusterCalled(environment);

    expect(cluster && check(cluster)).toEqual([]);
  });

  test.each(clusterBreaches[name] ?? [])('fails when $when', ({ cluster: environment, spoil, says }) => {
    const leaves = allLeaves
      .filter((leaf) => leaf.environment === environment)
      .map((leaf) => spoilt(labelOf(leaf)));

    spoil((folder) => lookup(leaves.find((leaf) => leaf.folder === folder)?.manifests ?? []));

    const cluster = clusterOf(leaves.map(viewOf));
    expect(cluster && check(cluster).map(({ folder, text }) => `${folder}: ${text}`)).toEqual(says);
  });
});

test('every law can fail, and every breach is of a law', () => {
  const names = [...laws, ...clusterLaws].map(({ name }) => name);

  const broken = Object.keys({ ...breaches, ...clusterBreaches });

  expect(new Set(broken)).toEqual(new Set(names));
});
