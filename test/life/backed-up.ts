// Two shared brokers with backups in a bucket, and their tenants: what is rendered, and the list that `stalk` reads.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Environment, Platform, Tenant } from '../../lib';
import { environments as plain, guild, newcomer, tenants as all } from '../e2e/render';

const TREE = join(__dirname, '..', '..', 'build', 'life');

const STORE = {
  kind: 's3',
  endpoint: 'http://s3.stalk-s3.svc.cluster.local:9000',
  bucket: 'backups',
  egress: { namespace: 'stalk-s3', pods: { 'app.kubernetes.io/name': 's3' } },
} as const;

const SMALL = { cpu: '50m', memory: '128Mi', storage: '1Gi' } as const;

/** What `stalk --from` takes too. */
export const environments: readonly Environment[] = plain.map((environment) => ({
  ...environment,
  brokers: {
    shared: { topology: 'standalone', storage: '1Gi', backup: { to: STORE } },
    elected: { ...SMALL, topology: 'sentinel', replicas: 2, backup: { to: STORE } },
  },
}));

/** The app of `acme` with one pool, and no more. */
function tenant(name: string, shared: 'shared' | 'elected'): Tenant {
  const found = all.find((one) => one.name === 'acme');
  const pool = found?.workers?.default;
  if (!found || !pool) throw new Error('test/e2e/render.ts has no acme');
  const { overlays = {}, ...acme } = found;
  const own = Object.entries(overlays).map(([stage, overlay]) => [stage, { ...overlay, flower: false }]);
  return {
    ...acme,
    ...{ name, broker: { shared }, workers: { default: pool } },
    overlays: Object.fromEntries(own) as typeof overlays,
  };
}

/** By the broker that they share; each takes work of its own. */
export const tenants = [
  tenant('acme', 'shared'),
  tenant(newcomer.name, 'shared'),
  tenant(guild.name, 'elected'),
];

export const BROKERS = ['broker-shared', 'broker-elected'] as const;

export const NAMESPACES = [...tenants.map(({ name }) => name), ...BROKERS];

export const platform = (): Platform => {
  const [one] = platforms({ environments, tenants });
  if (!one) throw new Error('nothing was rendered');
  return one;
};

/** @returns the folder for `kubectl apply -k` */
export function render(): string {
  writeGitOps([platform()], TREE);
  return join(TREE, String(environments[0]?.name));
}
