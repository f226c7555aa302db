// From a chart to the manifests that are written or applied: patched, hashed, named, ordered.

import type { ApiObject } from 'cdk8s';
import { apiObjectsOf } from '../charts/order';
import type { Leaf } from '../platform';
import { completeClaimTemplates } from './claim-templates';
import { nameJobs, stampConfigHashes } from './hashes';
import type { Manifest } from './manifest';
import { applyPatches } from './patches';
import { wavesOf } from './waves';

/** A manifest, and the object of the chart that it comes from. */
export interface Rendered {
  readonly object: ApiObject;
  readonly manifest: Manifest;
  readonly wave: number;
}

const CLUSTER_SCOPED = new Set(['Namespace', 'PriorityClass']);

/** Data is gone with them, so nobody prunes them by mistake. */
const GUARDED = new Set(['Namespace', 'StatefulSet', 'PersistentVolumeClaim']);

const GUARDS = {
  'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The manifests of a leaf in the order in which they can be applied. */
export function manifestsOf(leaf: Leaf): Rendered[] {
  const objects = apiObjectsOf(leaf.build());
  const manifests = objects.map((object) => object.toJson() as Manifest);
  completeClaimTemplates(manifests);
  applyPatches(leaf, manifests);
  for (const manifest of manifests) if (CLUSTER_SCOPED.has(manifest.kind)) delete manifest.metadata.namespace;
  stampConfigHashes(manifests);
  nameJobs(manifests);
  const waves = wavesOf(objects, manifests);
  const rendered = objects.flatMap((object, i): Rendered[] => {
    const [manifest, wave] = [manifests[i], waves[i]];
    return manifest === undefined || wave === undefined ? [] : [{ object, manifest, wave }];
  });
  for (const { manifest, wave } of rendered) annotate(manifest, wave);
  return rendered.sort((a, b) => a.wave - b.wave || (fileOrder(a) < fileOrder(b) ? -1 : 1));
}

const fileOrder = ({ manifest }: Rendered): string => `${manifest.kind} ${manifest.metadata.name}`;

/** What a patch has put there stays. */
function annotate({ kind, metadata }: Manifest, wave: number): void {
  const own = { 'argocd.argoproj.io/sync-wave': String(wave), ...(GUARDED.has(kind) && GUARDS) };
  metadata.annotations = { ...metadata.annotations, ...own, ...metadata.annotations };
}
