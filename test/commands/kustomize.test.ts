// The tree through the real kustomize: the objects of every leaf, and nothing else.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { writeGitOps } from '../../lib';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { leafManifests } from '../support/synth';
import type { Manifest } from '../support/synth';
import { scratch } from '../support/tree';

const tempFolder = scratch();

const kustomize = (folder: string) =>
  spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });

const isHere = kustomize('/nowhere').error === undefined;
if (!isHere) console.warn('SKIPPED: kubectl is not installed');

const byKey = (manifests: readonly Manifest[]): Record<string, Manifest> =>
  Object.fromEntries(manifests.map((m) => [`${m.kind} ${m.metadata.namespace}/${m.metadata.name}`, m]));

/** Starts of a program on a busy machine. */
const SPAWN = 60_000;

(isHere ? describe : describe.skip)('kubectl kustomize', () => {
  const all = platforms({ environments, tenants });
  const folder = join(tempFolder(), 'dist');
  writeGitOps(all, folder);

  test.each(all)(
    'makes every object of $environment.name, as it is rendered for Pulumi and verify',
    ({ environment, leaves }) => {
      const rendered = leaves.flatMap(leafManifests);

      const { stdout, stderr } = kustomize(join(folder, environment.name));

      const built = parseAllDocuments(stdout).map((doc) => doc.toJS() as Manifest);
      expect(stderr).toBe('');
      expect(built).toHaveLength(rendered.length);
      expect(byKey(built)).toEqual(byKey(rendered));
    },
    SPAWN,
  );
});
