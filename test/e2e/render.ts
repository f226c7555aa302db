// The reference tenants and a plain one on a small cluster: what is changed for it, and nothing else.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Egress, Environment, Overlay, Tenant } from '../../lib';
import { merge } from '../../lib/spec/layers';
import { environments } from '../../stacks/environments';
import { tenants as reference } from '../../tenants';

const ENVIRONMENT = 'e2e';

/** Storage class of the bench; another cluster names its own. */
const storageClass = process.env.STALK_STORAGE_CLASS ?? 'local';

/** `dev`, with another storage class. */
function environment(): Environment {
  const dev = environments.find(({ name }) => name === 'dev');
  if (!dev) throw new Error('stacks/environments.ts has no dev');
  return { ...dev, name: ENVIRONMENT, storageClass };
}

/** Plain Python on the shared broker: `docs/examples/acme.ts`, with a page that sends tasks. */
const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'], cpu: { request: '50m', limit: '1' } } },
  web: { command: ['python', '-m', 'acme.web'], port: 8000, health: '/health', replicas: 1 },
};

/** One like it that comes while the others work, and goes again. */
export const newcomer: Tenant = { ...acme, name: 'newcomer' };

/** The PostgreSQL of `postgres.yaml`, where tenants have 10.20.0.0/16, and the book of executed tasks. */
const DATABASE = 'postgres.postgres';
const database: Egress = {
  to: { namespace: 'postgres', pods: { 'app.kubernetes.io/name': 'postgres' } },
  ports: [5432],
};

const elsewhere = ({ egress = [] }: Tenant): readonly Egress[] =>
  egress.filter(({ to }) => to === 'internet' || !('cidr' in to));

/** So that a task of a killed pod comes back while somebody waits: 50 s, and what kombu takes to look again. */
const IMPATIENT = { longestDelay: '0s', workers: { default: { timeLimit: '10s' } } } as const;

const files = { env: { PAPERLESS_DBHOST: DATABASE } } as const;

const OWN: Readonly<Record<string, Overlay>> = {
  paless: files,
  'tenant-a': files,
  'tenant-b': files,
  'jewelry-shop': {
    env: { DATABASE_URL: `postgresql://jewelry_shop@${DATABASE}:5432/jewelry_shop` },
    // the other apps with a beat send every 10 s by themselves
    beat: {
      schedule: { 'look-around': { task: 'ledger.look_around', args: ['jewelry_shop'], every: '10s' } },
    },
  },
};

/** Claims of an app are of the cluster's class too. */
const volumes = ({ app }: Overlay): Overlay =>
  app?.volumes
    ? {
        app: {
          volumes: Object.fromEntries(Object.keys(app.volumes).map((name) => [name, { storageClass }])),
        },
      }
    : {};

/** A tenant as in `dev`, but for what the cluster and the stories need. */
function changed(tenant: Tenant): Tenant {
  const dev = tenant.overlays?.['dev'] ?? {};
  const layers: readonly Overlay[] = [
    volumes(dev),
    { egress: [...elsewhere(tenant), database] },
    IMPATIENT,
    // `dev` does without Flower; it must run all the same
    tenant.flower ? { flower: tenant.flower } : {},
    OWN[tenant.name] ?? {},
  ];
  return { ...tenant, overlays: { [ENVIRONMENT]: layers.reduce<unknown>(merge, dev) as Overlay } };
}

/** Where the tree is written. */
export const TREE = join(__dirname, '..', '..', 'build', 'e2e');

/** Writes the tree. @returns the folder for `kubectl apply -k` */
export function render(more: readonly Tenant[] = []): string {
  const tenants = [...reference, acme, ...more].map(changed);
  writeGitOps(platforms({ environments: [environment()], tenants }), TREE);
  return `${TREE}/${ENVIRONMENT}`;
}
