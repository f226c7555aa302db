// What a watched environment has once, in a real API server that knows the Operator's kinds: their schemas take all of it.

import type { Manifest } from '../../lib/output/manifest';
import type { Monitoring } from '../../lib/spec';
import { watched } from '../observe/environments';
import { leafManifests, leafOf, plain, platformOf, tenantOf } from '../support/synth';
import { filesIn, installCrds } from './crds';
import { apply, asked, keyOf, lines, served, settled, states } from './kubectl';

const { KUBECONFIG, STALK_CRDS } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');
if (!STALK_CRDS)
  console.warn("SKIPPED: set STALK_CRDS to a folder with the Prometheus Operator's definitions");

const NAMESPACE = 'watched-once';

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

/** Its PriorityClass is that of every environment, which other suites apply and delete. */
const objectsFor = (kind: Monitoring['kind']): readonly Manifest[] => {
  const environment = watched(kind, plain);
  const monitoring = { ...environment.monitoring, namespace: NAMESPACE };
  const platform = platformOf({ ...environment, monitoring }, [tenantOf()]);
  return leafManifests(leafOf(platform, 'platform')).filter((one) => one.kind !== 'PriorityClass');
};

(KUBECONFIG && STALK_CRDS ? describe : describe.skip)('an environment that is watched', () => {
  let crds: readonly string[] = [];

  beforeAll(() => {
    if (lines(asked('get', 'namespace', NAMESPACE, '--ignore-not-found', '-o', 'name')).length > 0)
      throw new Error(`the cluster must not have the namespace ${NAMESPACE}`);
    crds = installCrds(filesIn(STALK_CRDS));
    asked('create', 'namespace', NAMESPACE);
  });

  afterAll(() => {
    asked('delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false');
    if (crds.length > 0) asked('delete', 'crd', ...crds);
  });

  test.each(['operator', 'annotations'] as const)(
    'by %s is taken without a warning, every field of it, and rests when it is applied again',
    async (kind) => {
      const manifests = objectsFor(kind);

      const first = apply(['-f', '-'], list(manifests));
      const before = await settled(manifests);
      const second = apply(['-f', '-'], list(manifests));

      expect([first.code, first.errors, second.code, second.errors]).toEqual([0, '', 0, '']);
      expect(states(served(manifests), manifests.map(keyOf))).toEqual(before);
    },
  );

  test('needs no kind of the Operator by annotations', () => {
    const kinds = new Set(objectsFor('annotations').map(({ apiVersion }) => apiVersion));

    expect([...kinds]).toEqual(['v1']);
  });
});
