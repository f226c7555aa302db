// Claim templates of StatefulSets, complete as an API server keeps them.

import type { Manifest } from './manifest';

/**
 * The generated classes know neither field here, and the API server fills both in. Argo CD's structured merge diff
 * (`ServerSideApply=true`) compares the list as a whole: without them every StatefulSet is out of sync for ever.
 */
const ENVELOPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/** Writes into the manifests. */
export function completeClaimTemplates(manifests: readonly Manifest[]): void {
  for (const { kind, spec } of manifests) {
    const templates = spec?.['volumeClaimTemplates'];
    if (kind !== 'StatefulSet' || !Array.isArray(templates)) continue;
    (spec as Record<string, unknown>)['volumeClaimTemplates'] = templates.map((template: object) => ({
      ...ENVELOPE,
      ...template,
    }));
  }
}
