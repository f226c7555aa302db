// Check: every rendered object is in the cluster, as it was rendered.

import type { ObjectKind, KubeObject } from '../../cluster';
import type { Manifest } from '../../output/manifest';
import { differences, differencesInWords } from '../compare';
import { guarded, judged } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import type { RenderedLeaf, World } from '../world';

export const objects: SectionOfChecks = {
  id: 'objects',
  title: 'Objects as rendered',
  async *run(world) {
    for (const leaf of world.leaves) yield* objectsAsRendered(world, leaf, 'objects.rendered');
  },
};

/** A check for each kind. */
export async function* objectsAsRendered(
  world: World,
  leaf: RenderedLeaf,
  id: string,
): AsyncGenerator<CheckOutcome> {
  for (const [kind, manifests] of byKind(leaf)) {
    const about = {
      id,
      subject: `${leaf.namespace} ${kind}`,
      expected: `${manifests.length} as rendered in ${leaf.folder}`,
    };
    yield* guarded(about, async () => {
      const wrong = await Promise.all(manifests.map((manifest) => mistake(world, leaf, manifest)));
      return [
        verdict(
          about,
          manifests,
          wrong.filter((one) => one !== undefined),
        ),
      ];
    });
  }
}

/** Reading a Secret is a right that verify does not ask for: the pods that mount them prove them. */
const UNREAD = new Set(['Secret']);

export function byKind({ manifests }: RenderedLeaf): ReadonlyMap<string, readonly Manifest[]> {
  const found = new Map<string, Manifest[]>();
  for (const manifest of manifests) {
    if (UNREAD.has(manifest.kind)) continue;
    found.set(manifest.kind, [...(found.get(manifest.kind) ?? []), manifest]);
  }
  return found;
}

const verdict = (
  about: Parameters<typeof judged>[0],
  all: readonly Manifest[],
  wrong: readonly string[],
): CheckOutcome =>
  judged(
    about,
    wrong.length === 0,
    wrong.length === 0 ? `${all.length} as rendered` : wrong.join('; '),
    'apply the rendered folder again; if somebody changed it on purpose, say so in the tenant',
  );

async function mistake(
  { cluster }: World,
  { namespace }: RenderedLeaf,
  manifest: Manifest,
): Promise<string | undefined> {
  const { kind, metadata } = manifest;
  const clusterWide = kind === 'Namespace' || kind === 'PriorityClass';
  const served = await cluster.read<KubeObject>({
    ...(manifest as ObjectKind),
    name: metadata.name,
    ...(!clusterWide && { namespace }),
  });
  if (!served) return `${metadata.name} is not there`;
  const found = differences(compared(manifest), compared(served as unknown as Manifest));
  return found.length === 0 ? undefined : `${metadata.name}: ${differencesInWords(found)}`;
}

/** Annotations belong to those who apply: Argo CD, Flux and Pulumi each add and drop some. */
function compared(manifest: Manifest): object {
  const content = Object.entries(manifest).filter(([name]) => !NOT_COMPARED.has(name));
  return { ...Object.fromEntries(content), labels: manifest.metadata.labels };
}

const NOT_COMPARED = new Set(['apiVersion', 'kind', 'metadata', 'status']);
