// Two tenants on a shared broker with backups in a bucket: what is rendered, and the list that `stalk` reads.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Environment } from '../../lib';
import { environments as plain, newcomer, tenants as all } from '../e2e/render';

const TREE = join(__dirname, '..', '..', 'build', 'life');

const STORE = {
  kind: 's3',
  endpoint: 'http://s3.stalk-s3.svc.cluster.local:9000',
  bucket: 'backups',
  egress: { namespace: 'stalk-s3', pods: { 'app.kubernetes.io/name': 's3' } },
} as const;

/** What `stalk --from` takes too. */
export const environments: readonly Environment[] = plain.map((environment) => ({
  ...environment,
  brokers: {
    shared: { topology: 'standalone', storage: '1Gi', backup: { to: STORE, image: 'restic/restic:0.18.1' } },
  },
}));

const acme = all.filter(({ name }) => name === 'acme');

export const tenants = [...acme, ...acme.map((one) => ({ ...one, name: newcomer.name }))];

export const NAMESPACES = [...tenants.map(({ name }) => name), 'broker-shared'];

/** @returns the folder for `kubectl apply -k` */
export function render(): string {
  writeGitOps(platforms({ environments, tenants }), TREE);
  return join(TREE, String(environments[0]?.name));
}
