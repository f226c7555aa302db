import { completeClaimTemplates } from '../../lib/output/claim-templates';
import type { Manifest } from '../../lib/output/manifest';

const set = (kind: string, volumeClaimTemplates: unknown): Manifest => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'redis' },
  spec: { replicas: 1, volumeClaimTemplates },
});

/** What a manifest's spec is afterwards. */
function completed(manifest: Manifest): unknown {
  completeClaimTemplates([manifest]);
  return manifest.spec;
}

test('a claim template has the apiVersion and kind that an API server fills in', () => {
  expect(completed(set('StatefulSet', [{ metadata: { name: 'data' } }]))).toEqual({
    replicas: 1,
    volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' } }],
  });
});

test.each([
  ['a StatefulSet without claims', set('StatefulSet', undefined)],
  ['what is no list of claims', set('StatefulSet', 'data')],
  ['another kind', set('Deployment', [{ metadata: { name: 'data' } }])],
])('%s stays as it is', (_what, manifest) => {
  const before = structuredClone(manifest.spec);

  expect(completed(manifest)).toEqual(before);
});
