// Holds laws against every leaf that is rendered anywhere, and shows that each of them can fail.

import { tenants } from '../../reference/tenants';
import { environments } from '../../reference/environments';
import { platforms } from '../../../lib/platform';
import type { ResolvedEnvironment } from '../../../lib/spec';
import { examples, labs } from '../examples';
import { lookup, render } from '../synth';
import type { RenderedLeaf, Synth } from '../synth';
import type { Law } from './law';

const labelOf = ({ environment, folder }: RenderedLeaf): string => `${environment}/${folder}`;

/** All leaves of one environment, and who else lives in the cluster. */
export interface Cluster {
  readonly name: string;
  readonly peers: ResolvedEnvironment['peers'];
  readonly leaves: readonly RenderedLeaf[];
}

/** The reference tenants in their environments, the examples in the labs. */
export const allClusters: readonly Cluster[] = [
  ...platforms({ environments, tenants }),
  ...platforms({ environments: labs, tenants: examples }),
].map((platform) => ({
  name: platform.environment.name,
  peers: platform.environment.peers,
  leaves: render(platform),
}));

export const allLeaves: readonly (readonly [string, RenderedLeaf])[] = allClusters.flatMap(({ leaves }) =>
  leaves.map((leaf) => [labelOf(leaf), leaf] as const),
);

export function leafCalled(label: string): RenderedLeaf {
  const found = allLeaves.find(([name]) => name === label)?.[1];
  if (found === undefined) throw new Error(`no leaf ${label}`);
  return structuredClone(found);
}

export function judge(laws: readonly Law[]): void {
  describe.each(laws)('$name', ({ check, breaches }) => {
    test.each(allLeaves)('in %s', (_, leaf) => {
      expect(check(leaf)).toEqual([]);
    });

    test.each(breaches)('fails when $when', ({ leaf: label, spoil, says }) => {
      const leaf = leafCalled(label);

      spoil(lookup(leaf.manifests), leaf);

      expect(check(leaf)).toEqual(says);
    });
  });
}

/** A law about everything in one cluster. */
export interface ClusterLaw {
  readonly name: string;
  readonly check: (cluster: Cluster) => readonly string[];
  readonly breaches: readonly {
    readonly when: string;
    readonly cluster: string;
    /** `of('tenants/paless')` gives the objects of a leaf. */
    readonly spoil: (of: (folder: string) => Synth) => void;
    readonly says: readonly string[];
  }[];
}

export function judgeClusters(laws: readonly ClusterLaw[]): void {
  describe.each(laws)('$name', ({ check, breaches }) => {
    test.each(allClusters.map((cluster) => [cluster.name, cluster] as const))('in %s', (_, cluster) => {
      expect(check(cluster)).toEqual([]);
    });

    test.each(breaches)('fails when $when', ({ cluster: name, spoil, says }) => {
      const cluster = structuredClone(allClusters.find((c) => c.name === name));
      if (cluster === undefined) throw new Error(`no cluster ${name}`);

      spoil((folder) => lookup(cluster.leaves.find((leaf) => leaf.folder === folder)?.manifests ?? []));

      expect(check(cluster)).toEqual(says);
    });
  });
}
