// The reference tenants and a plain one on a small cluster: what is changed for it, and nothing else.

import { join } from 'node:path';
import { platforms, writeGitOps } from '../../lib';
import type { Egress, Environment, Overlay, Tenant } from '../../lib';
import { merge } from '../../lib/spec/layers';
import { tenant as tenantTable } from '../../lib/spec/tenant';
import type { Operation } from '../../lib/spec';
import { environments as stages } from '../reference/environments';
import { tenants as reference } from '../reference/tenants';

const ENVIRONMENT = 'e2e';

/** Storage class of the bench; another cluster names its own. */
const storageClass = process.env.STALK_STORAGE_CLASS ?? 'local';

/** `dev`, with another storage class, and short limits for pools that cannot have one of their own. */
function environment(): Environment {
  const dev = stages.find(({ name }) => name === 'dev');
  if (!dev) throw new Error('stacks/environments.ts has no dev');
  return { ...dev, name: ENVIRONMENT, storageClass, defaults: { worker: { timeLimit: '15s' } } };
}

/** Plain Python on the shared broker: `docs/examples/acme.ts`, with a page that sends tasks. */
const plain: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'], cpu: { request: '50m', limit: '1' } } },
  web: { command: ['python', '-m', 'acme.web'], port: 8000, health: '/health', replicas: 1 },
};

/** With a second pool, of threads, that a task can take down as a whole; and Flower, which holds a URL. */
const acme: Tenant = {
  ...plain,
  workers: {
    ...plain.workers,
    threads: {
      queues: ['threads'],
      pool: 'threads',
      cpu: { request: '50m', limit: '1' },
      memory: { request: '128Mi', limit: '192Mi' },
    },
  },
  flower: { auth: { secret: 'acme-secrets', key: 'flower' } },
};

/** One that comes while the others work, and goes again. */
export const newcomer: Tenant = { ...plain, name: 'newcomer' };

/** Plain Python with sentinels, on two nodes. */
export const guild: Tenant = {
  ...plain,
  name: 'guild',
  broker: { topology: 'sentinel', replicas: 2, cpu: '50m', memory: '128Mi', storage: '1Gi' },
  workers: { default: { queues: ['celery'], replicas: 2, cpu: { request: '50m', limit: '1' } } },
  beat: {
    scheduler: 'file',
    schedule: { tick: { task: 'ledger.look_around', args: ['guild'], every: '10s' } },
  },
};

/** Plain Python that follows the load: a pod with a task to compute uses several times what it asks for. */
export const elastic: Tenant = {
  ...plain,
  name: 'elastic',
  broker: { topology: 'standalone', cpu: '50m', memory: '128Mi', storage: '1Gi' },
  workers: {
    default: {
      queues: ['celery'],
      concurrency: 1,
      scaling: { min: 1, max: 3, utilization: 150 },
      cpu: { request: '100m', limit: '300m' },
    },
  },
  // five minutes of calm are right for a cluster, and long for a test
  patches: {
    'HorizontalPodAutoscaler/worker-default': [
      { op: 'replace', path: '/spec/behavior/scaleDown/stabilizationWindowSeconds', value: 15 },
    ],
  },
};

/** The PostgreSQL of `postgres.yaml`, where tenants have 10.20.0.0/16, and the book of executed tasks. */
const DATABASE = 'postgres.postgres';
const database: Egress = {
  to: { namespace: 'postgres', pods: { 'app.kubernetes.io/name': 'postgres' } },
  ports: [5432],
};

const elsewhere = ({ egress = [] }: Tenant): readonly Egress[] =>
  egress.filter(({ to }) => to === 'internet' || !('cidr' in to));

/** So that a task of a killed pod comes back while somebody waits: 60 s, and what kombu takes to look again. */
const IMPATIENT = { longestDelay: '0s', workers: { default: { timeLimit: '15s' } } } as const;

/** The node of the PostgreSQL, which no story takes away. */
export const THE_BOOK = {
  topologyKey: 'kubernetes.io/hostname',
  namespaces: ['postgres'],
  labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'postgres' } },
};

/** Redis where the book is, as far as it can choose: one node of two may die, and no more than a minority with it. */
const TOWARDS_THE_BOOK: Operation = {
  op: 'add',
  path: '/spec/template/spec/affinity/podAffinity',
  // less than what keeps them apart
  value: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, podAffinityTerm: THE_BOOK }] },
};

/** A process for each task, and a busy node: a task of two seconds may be at work for more than the five before its soft limit. */
const files = {
  env: { PAPERLESS_DBHOST: DATABASE },
  workers: { default: { timeLimit: '20s' } },
} as const;

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
    // up to 25 s of a minute in which a dead node's pods have to be back
    workers: { default: { stagger: { min: '1s', max: '3s' } } },
    patches: { 'StatefulSet/redis': [TOWARDS_THE_BOOK] },
  },
  // a busy node gives its pods less than their limit
  elastic: { workers: { default: { timeLimit: '30s' } } },
  guild: { patches: { 'StatefulSet/redis': [TOWARDS_THE_BOOK], 'StatefulSet/sentinel': [TOWARDS_THE_BOOK] } },
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

/** A tenant as in `dev`, but for what the cluster and the stories need, and for what one of them changes. */
function changed(tenant: Tenant, change: Overlay = {}): Tenant {
  const dev = tenant.overlays?.['dev'] ?? {};
  const layers: readonly Overlay[] = [
    volumes(dev),
    { egress: [...elsewhere(tenant), database] },
    IMPATIENT,
    // `dev` does without Flower; it must run all the same
    tenant.flower ? { flower: tenant.flower } : {},
    OWN[tenant.name] ?? {},
    change,
  ];
  return {
    ...tenant,
    overlays: {
      [ENVIRONMENT]: layers.reduce<unknown>(
        (below, above) => merge(tenantTable, below, above),
        dev,
      ) as Overlay,
    },
  };
}

/** Where the tree is written. */
const TREE = join(__dirname, '..', '..', 'build', 'e2e');

/** What `stalk verify --from` takes too. */
export const environments: readonly Environment[] = [environment()];
export const tenants: readonly Tenant[] = [...reference, acme, guild, elastic].map((one) => changed(one));

/** Those that are there from the start. */
const FIRST: readonly Tenant[] = [...reference, acme];

/** Writes the tree of the first and of some more. @returns the folder for `kubectl apply -k` */
export const render = (...more: readonly Tenant[]): string =>
  written([...FIRST, ...more].map((tenant) => changed(tenant)));

/** The same with a change to one of the first. */
export const renderChanged = (name: string, change: Overlay): string =>
  written(FIRST.map((tenant) => changed(tenant, tenant.name === name ? change : {})));

function written(list: readonly Tenant[]): string {
  writeGitOps(platforms({ environments, tenants: list }), TREE);
  return join(TREE, ENVIRONMENT);
}
