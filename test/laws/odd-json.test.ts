// Whatever a patch leaves of an object, the laws return, and a wrong type is named.

import { judge, renderedLeaves } from '../../lib/laws';
import type { RenderedLeaf } from '../../lib/laws';
import { versionOf } from '../../lib/laws/versions';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { examples, labs } from '../support/examples';
import type { Json } from '../support/synth';

/** Mulberry32: the same numbers in every run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FOLDERS = ['brokers/shared', 'tenants/redline', 'tenants/paless', 'tenants/typesafe'];
const LABS = ['brokers/guarded', 'tenants/on-guarded', 'tenants/sealed-shared', 'tenants/on-twin'];

/** Few leaves that together hold every kind and every topology. */
const leaves: readonly RenderedLeaf[] = [
  ...platforms({ environments, tenants })
    .filter(({ environment }) => environment.name === 'production')
    .flatMap((p) => renderedLeaves({ ...p, leaves: p.leaves.filter((l) => FOLDERS.includes(l.folder)) })),
  ...platforms({ environments: labs, tenants: examples })
    .filter(({ environment }) => environment.name === 'lab')
    .flatMap((p) => renderedLeaves({ ...p, leaves: p.leaves.filter((l) => LABS.includes(l.folder)) })),
];

interface Place {
  readonly parent: Json;
  readonly key: string;
  readonly path: string;
  readonly kind: string;
}

function placesIn(manifest: Json): Place[] {
  const found: Place[] = [];
  const walk = (parent: Json, path: string): void => {
    for (const key of Object.keys(parent)) {
      const plain = /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
      const below = `${path}${Array.isArray(parent) ? `[${key}]` : plain}`;
      found.push({ parent, key, path: below, kind: manifest.kind });
      if (typeof parent[key] === 'object' && parent[key] !== null) walk(parent[key], below);
    }
  };
  walk(manifest, '');
  return found;
}

const ODD: readonly Json[] = ['', 'x', 'constructor', 3, -1.5, true, [], {}, [null], [[]], { a: {} }, null];

const cloned = (leaf: RenderedLeaf): RenderedLeaf & { readonly manifests: Json[] } =>
  structuredClone(leaf) as RenderedLeaf & { readonly manifests: Json[] };

const labelOf = ({ environment, folder }: RenderedLeaf): string => `${environment}/${folder}`;

describe.each(leaves.map((leaf) => [labelOf(leaf), leaf] as const))('%s', (_, leaf) => {
  test('is judged whatever is deleted, null or of another type', () => {
    const next = numbersFrom(20_260_101);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

    const broken = Array.from({ length: 25 }, () => {
      const spoilt = cloned(leaf);
      const at = Array.from({ length: 1 + Math.floor(next() * 3) }, () => {
        const { parent, key, path, kind } = pick(placesIn(pick(spoilt.manifests) ?? {}));
        if (next() < 0.3) delete parent[key];
        else parent[key] = pick(ODD);
        return `${kind}${path}`;
      });
      try {
        judge([spoilt]);
        return undefined;
      } catch (error) {
        return `${at.join(', ')}: ${String(error)}`;
      }
    });

    expect(broken.filter((text) => text !== undefined)).toEqual([]);
  });

  test('names every value of a wrong type', () => {
    const next = numbersFrom(7);
    const places = leaf.manifests
      .filter(({ kind }) =>
        versionOf(kind)
          ?.split('/')[0]
          ?.match(/^(v1|apps|batch|autoscaling|policy|networking)/),
      )
      .flatMap((manifest, i) => placesIn(manifest).map(({ path }) => ({ manifest, i, path })))
      .filter(() => next() < 0.006);

    const unnamed = places.flatMap(({ manifest, path }) => {
      const copy = structuredClone(manifest) as Json;
      const place = placesIn(copy).find((p) => p.path === path);
      if (place === undefined) return [];
      const value = place.parent[place.key];
      place.parent[place.key] = typeof value === 'object' && !Array.isArray(value) ? 'text' : { a: 1 };
      const told = judge([{ ...leaf, manifests: [copy] }]).some(
        ({ law, text }) =>
          law.startsWith('every field has a value of its type') && text.includes(`${path} must be`),
      );
      return told ? [] : [`${manifest.kind}${path}`];
    });

    expect(places.length).toBeGreaterThan(2);
    expect(unnamed).toEqual([]);
  });
});
