// Holds laws against every leaf that is rendered anywhere, and shows that each of them can fail.

import { tenants } from '../../../tenants';
import { environments } from '../../../stacks/environments';
import { platforms } from '../../../lib/platform';
import { examples, labs } from '../examples';
import { lookup, render } from '../synth';
import type { RenderedLeaf } from '../synth';
import type { Law } from './law';

const labelOf = ({ environment, folder }: RenderedLeaf): string => `${environment}/${folder}`;

/** By environment: the reference tenants in theirs, the examples in the labs. */
export const allEnvironments: readonly (readonly [string, readonly RenderedLeaf[]])[] = [
  ...platforms({ environments, tenants }),
  ...platforms({ environments: labs, tenants: examples }),
].map((platform) => [platform.environment.name, render(platform)]);

export const allLeaves: readonly (readonly [string, RenderedLeaf])[] = allEnvironments.flatMap(([, leaves]) =>
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
