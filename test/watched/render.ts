// The tenants of the stories on a cluster, in an environment that is watched.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Environment } from '../../lib';
import { NAMES, NAMESPACES } from '../e2e/cluster';
import { environments as plain, tenants as all } from '../e2e/render';

/** A tenant with a Redis of each kind is among them with this one. */
export const SENTINELS = 'guild';

const TREE = join(__dirname, '..', '..', 'build', 'watched');

/** What `stalk verify --from` takes too. */
export const environments: readonly Environment[] = plain.map((environment) => ({
  ...environment,
  peers: {
    ...environment.peers,
    prometheus: {
      namespace: { 'kubernetes.io/metadata.name': 'monitoring' },
      pods: { 'app.kubernetes.io/name': 'prometheus' },
    },
  },
  monitoring: { kind: 'annotations', namespace: 'monitoring' },
}));
export const tenants = all.filter(({ name }) => [...NAMES, SENTINELS].includes(name));

/** What they live in. */
export const WATCHED = [...NAMESPACES, SENTINELS];

/** @returns the folder for `kubectl apply -k` */
export function render(): string {
  writeGitOps(platforms({ environments, tenants }), TREE);
  return join(TREE, String(environments[0]?.name));
}
