// Tenants beside the reference ones: what a person may choose and they do not.

import type { Environment, Tenant } from '../../lib/spec';
import { allPlaces } from './props';
import { referenceEnvironment, tenantOf } from './synth';

const { peers = {} } = referenceEnvironment('production');

const base = {
  storageClass: 'standard',
  zones: ['zone-a', 'zone-b'],
  registry: 'registry.example.com',
  imagePullSecrets: ['registry-login'],
  clusterDomain: 'cluster.example.com',
  peers,
} as const;

const guarded = { topology: 'sentinel', replicas: 2 } as const;
const twin = { topology: 'replicated', replicas: 2, memory: '512Mi' } as const;
const away = {
  topology: 'external',
  host: 'redis.example.com',
  cidrs: ['10.9.0.7/32'],
  username: 'app',
} as const;

const sealed = { topology: 'replicated', replicas: 1, tls: { issuer: 'internal' } } as const;
/** With ACL users, and an authority of their own; `publicAway` is a service of a cloud. */
const sealedAway = {
  topology: 'external',
  host: 'redis.example.com',
  port: 6390,
  cidrs: ['10.9.0.7/32'],
  tls: { secret: 'their-authority' },
} as const;
const publicAway = { ...away, port: 6391, tls: true } as const;

/** In a bucket of one's own cluster, in one of a cloud, and on a claim. */
const kept = {
  topology: 'standalone',
  backup: {
    to: {
      kind: 's3',
      endpoint: 'https://minio.minio.svc:9000',
      bucket: 'backups',
      region: 'eu-1',
      egress: { pods: { app: 'minio' }, namespace: 'minio' },
    },
  },
} as const;
const keptSealed = { ...sealed, backup: { to: { ...kept.backup.to, path: 'sealed' } } } as const;
const keptGuarded = {
  ...guarded,
  backup: {
    to: { kind: 's3', endpoint: 'https://s3.eu-central-1.amazonaws.com', bucket: 'backups' },
    drill: false,
  },
} as const;
const keptHere = { topology: 'standalone', backup: { to: { kind: 'claim', storage: '1Gi' } } } as const;

/** Nobody shares a server that somebody else runs with another tenant or environment. */
const ofOperator = { host: 'operator.example.com' } as const;
const ownOfOperator = { 'lab-operator': { broker: { host: 'own.operator.example.com' } } } as const;

/** One for each way to come by a password; `external` only where Stalk does not make the passwords up. */
export const labs: readonly Environment[] = [
  {
    ...base,
    name: 'lab',
    secrets: { strategy: 'existing' },
    brokers: {
      main: { topology: 'standalone' },
      twin,
      guarded,
      away,
      sealed,
      sealedaway: sealedAway,
      kept,
      keptsealed: keptSealed,
      keptguarded: keptGuarded,
    },
    monitoring: { kind: 'operator', namespace: 'monitoring', labels: { release: 'prometheus' } },
    exposure: {
      kind: 'ingress',
      class: 'nginx',
      tls: { issuer: 'letsencrypt' },
      annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' },
    },
  },
  {
    ...base,
    name: 'lab-operator',
    secrets: { strategy: 'externalSecrets', store: 'vault', path: 'stalk/lab', generate: true },
    monitoring: { kind: 'annotations', namespace: 'monitoring' },
    brokers: {
      main: { topology: 'standalone' },
      twin,
      guarded,
      sealed,
      kept: keptSealed,
      away: { ...publicAway, ...ofOperator },
      sealedaway: { ...sealedAway, ...ofOperator },
    },
    exposure: {
      kind: 'gateway',
      gateway: { name: 'public', namespace: 'gateways', section: 'https' },
      tls: true,
    },
  },
  {
    name: 'lab-throwaway',
    disposable: true,
    assignedUsers: true,
    storageClass: 'standard',
    secrets: { strategy: 'literal' },
    brokers: { main: { topology: 'standalone' }, twin, guarded, sealed, kept: keptHere },
    peers: { ...peers, ingress: { cidrs: ['10.30.0.0/24', 'fd00:30::/64'] } },
    exposure: { kind: 'ingress' },
  },
];

const django = {
  dialect: 'django',
  image: 'shop:1.0.0',
  module: 'shop',
  djangoSettings: 'shop.settings',
} as const;

const main = { shared: 'main' } as const;
const member = { shared: 'main', isolation: 'queue', group: 'crew' } as const;
/** Tenants that move from one broker to another: every form of the old side, and of the new one. */
const moving: readonly Tenant[] = [
  tenantOf({
    name: 'moving-shared',
    broker: { shared: 'twin', movingFrom: { shared: 'main', isolation: 'prefix', prefix: 'moving:' } },
    workers: {
      default: { queues: ['celery', 'mail'], scaling: { min: 2, max: 4, queueLength: 5 }, timeLimit: '20m' },
    },
    beat: { scheduler: 'redbeat', schedule: { tick: { task: 'acme.tick', every: '1m' } } },
    web: { command: ['serve'], port: 8000 },
    flower: { auth: { secret: 'flower', key: 'login' } },
    migrate: { command: ['migrate'], check: ['migrated'] },
    env: { BROKER: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } },
  }),
  tenantOf({
    name: 'moving-out',
    broker: { topology: 'standalone', movingFrom: { shared: 'guarded', isolation: 'queue' } },
    beat: {},
  }),
  tenantOf({
    name: 'moving-in',
    broker: { shared: 'sealed', movingFrom: { topology: 'standalone', tls: { issuer: 'internal' } } },
    beat: {},
  }),
  tenantOf({
    name: 'moving-here',
    broker: { shared: 'guarded', movingFrom: { ...publicAway, host: 'before.example.com' } },
    environments: ['lab'],
    web: { command: ['serve'], port: 8000 },
  }),
];

const byQueue = { min: 0, max: 4, queueLength: 5 } as const;

export const examples: readonly Tenant[] = [
  ...moving,
  tenantOf({
    name: 'by-queue',
    broker: { ...main, isolation: 'queue' },
    workers: { default: { queues: ['celery', 'mail'], scaling: byQueue } },
  }),
  tenantOf({
    name: 'by-prefix',
    broker: { ...main, isolation: 'prefix', prefix: 'eu:by-prefix:', database: 3 },
    workers: { default: { queues: ['celery'], scaling: byQueue, timeLimit: '20m' } },
    longestDelay: '0s',
  }),
  tenantOf({
    name: 'hybrid',
    broker: main,
    workers: {
      default: {
        queues: ['celery'],
        stagger: { min: '1s', max: '9s' },
        antiAffinity: 'required',
        replicas: 3,
      },
      threads: { queues: ['io'], pool: 'threads', concurrency: 8, longestTask: '3h' },
      single: { queues: ['one'], pool: 'solo', concurrency: 1 },
    },
    flower: {
      auth: { secret: 'flower', user: 'name', password: 'password' },
      expose: { host: 'hybrid.example.com', path: '/flower' },
    },
    env: { EMPTY: '', BROKER: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } },
  }),
  tenantOf({
    name: 'crew-lead',
    broker: member,
    workers: { all: { serves: ['crew-lead', 'crew-mate'], queues: ['celery', 'mail'] } },
    beat: { schedule: { tick: { task: 'acme.tick', every: '1m' } } },
  }),
  tenantOf({ name: 'crew-mate', broker: member, workers: {}, web: { command: ['serve'], port: 8000 } }),
  tenantOf({
    name: 'on-twin',
    app: django,
    broker: { shared: 'twin', alsoCache: true },
    workers: {
      default: { queues: ['celery'], scaling: { min: 2, max: 6, utilization: 70 } },
      mail: { queues: ['mail'], scaling: byQueue },
    },
    beat: {
      scheduler: 'redbeat',
      schedule: { tick: { task: 'acme.tick', cron: '0 3 * * *', queue: 'mail' } },
    },
    web: {
      command: ['serve'],
      port: 8000,
      expose: { host: ['shop.example.com', '*.shop.example.com'] },
      scaling: { min: 2, max: 5, utilization: 60 },
    },
    migrate: { command: ['migrate'], check: ['migrate', '--check'] },
  }),
  tenantOf({
    name: 'on-guarded',
    app: { dialect: 'celery', image: 'guarded:1.0.0', module: 'guarded', entrypoint: ['/entrypoint.sh'] },
    broker: { shared: 'guarded' },
    workers: { default: { queues: ['celery'], scaling: byQueue } },
    web: {
      command: ['serve'],
      port: 8000,
      expose: { host: 'guarded.example.com', tls: true },
    },
    env: { BROKER: { from: 'broker.celeryUrl' } },
  }),
  tenantOf({
    name: 'own-guarded',
    app: django,
    broker: { topology: 'sentinel', replicas: 1, sentinels: 5 },
    workers: { default: { queues: ['celery'], scaling: { min: 1, max: 3, utilization: 70 } } },
    beat: { schedule: { tick: { task: 'acme.tick', every: '1m' } } },
    flower: { auth: { secret: 'flower', key: 'login' } },
    results: { backend: 'django-db' },
  }),
  tenantOf({
    name: 'outside',
    broker: publicAway,
    environments: ['lab', 'lab-operator'],
    overlays: ownOfOperator,
  }),
  tenantOf({
    name: 'on-away',
    broker: { shared: 'away' },
    workers: { default: { queues: ['celery'], scaling: byQueue } },
    environments: ['lab', 'lab-operator'],
  }),
  tenantOf({
    name: 'own-twin',
    app: django,
    broker: { ...twin, prefix: 'own:' },
    workers: { default: { queues: ['celery'], scaling: { ...byQueue, cooldown: '45m' } } },
    beat: { scheduler: 'database' },
    delivery: 'at-most-once',
    results: { backend: 'django-db' },
  }),
  tenantOf({
    name: 'own-one',
    app: {
      dialect: 'celery',
      image:
        'other.example.com/own/one@sha256:0b2b4e1d4f5b4fd9f3a5c9a4b7e8d6f0a1b2c3d4e5f60718293a4b5c6d7e8f90',
      module: 'own',
      user: 1234,
      writableRoot: 'writes its own code',
      volumes: { media: { path: '/media', claim: 'already-there' }, own: { path: '/own', size: '3Gi' } },
    },
    broker: { topology: 'standalone' },
    cache: {},
    env: { CACHE: { from: 'cache.url' }, TOKEN: { secret: 'tokens', key: 'api' } },
    results: { backend: 'none' },
    overlays: { 'lab-throwaway': { app: { user: 'assigned' } } },
    egress: [
      { to: { namespace: 'databases', pods: { app: 'postgres' } }, ports: [5432] },
      { to: { cidr: '10.20.0.0/16', except: ['10.20.9.0/24'] } },
    ],
  }),
  tenantOf({
    name: 'placed',
    app: {
      dialect: 'celery',
      image: 'placed:1.0.0',
      module: 'placed',
      writable: ['/srv/cache', { path: '/srv/models', size: '20Gi' }],
    },
    broker: { topology: 'standalone', pods: { ...allPlaces, priorityClass: 'redis-first' } },
    cache: { pods: { nodeSelector: { pool: 'redis' } } },
    pods: {
      tolerations: [{ key: 'spot' }],
      labels: { 'example.com/cost-centre': 'c-42' },
      serviceAccount: { annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/placed' } },
    },
    labels: { 'example.com/cost-centre': 'c-42' },
    annotations: { 'example.com/owner': 'team blue' },
    workers: {
      default: { queues: ['celery'] },
      gpu: {
        queues: ['gpu'],
        replicas: 2,
        devices: { 'nvidia.com/gpu': 1 },
        memory: '4Gi',
        pods: { ...allPlaces, sharedMemory: '1Gi' },
      },
    },
    beat: { pods: { serviceAccount: { name: 'scheduler', token: true } } },
    web: {
      command: ['serve'],
      port: 8000,
      pods: { serviceAccount: { token: true, annotations: { 'example.com/role': 'web' } } },
    },
    migrate: { command: ['migrate'], check: ['migrate', '--check'] },
    egress: [{ to: { cidr: '10.96.0.1/32' }, ports: [443] }],
  }),
  tenantOf({
    name: 'patched',
    broker: main,
    patches: {
      'Deployment/worker-default': [
        { op: 'add', path: '/spec/template/spec/tolerations/-', value: { key: 'spot', operator: 'Exists' } },
      ],
    },
  }),
  tenantOf({
    name: 'sealed-shared',
    app: django,
    broker: { shared: 'sealed' },
    workers: { default: { queues: ['celery'], scaling: byQueue } },
    beat: {},
    web: { command: ['serve'], port: 8000, health: { host: '*' }, expose: { host: 'sealed.example.com' } },
    flower: {
      auth: 'proxy',
      expose: {
        host: 'sealed.example.com',
        path: '/flower',
        annotations: {
          'nginx.ingress.kubernetes.io/auth-url': 'http://sso.sso.svc.cluster.local/oauth2/auth',
        },
      },
    },
    migrate: { command: ['migrate'], check: ['migrate', '--check'] },
    env: {
      BROKER: { from: 'broker.url' },
      PREFIX: { from: 'broker.prefix' },
      PORT: { from: 'broker.port' },
    },
    connections: { max: 20 },
  }),
  tenantOf({
    name: 'sealed-own',
    app: { dialect: 'paperless', image: 'paperless:2.20', module: 'paperless' },
    broker: { topology: 'standalone', tls: { secret: 'redis-certificates' } },
    cache: {},
  }),
  tenantOf({
    name: 'sealed-guarded',
    broker: { ...guarded, tls: { issuer: 'internal' } },
    workers: { default: { queues: ['celery'], scaling: byQueue } },
    flower: { auth: { secret: 'flower', key: 'login' } },
  }),
  tenantOf({ name: 'sealed-twin', broker: { ...sealed, replicas: 2 } }),
  tenantOf({ name: 'kept-own', broker: keptHere }),
  tenantOf({ name: 'on-kept', broker: { shared: 'kept' } }),
  tenantOf({
    name: 'sealed-away',
    broker: { ...sealedAway, host: 'own.example.com' },
    overlays: ownOfOperator,
    workers: { default: { queues: ['celery'], scaling: byQueue } },
    environments: ['lab', 'lab-operator'],
  }),
  tenantOf({
    name: 'cached-away',
    app: django,
    broker: main,
    cache: { ...sealedAway, port: 6392 },
    env: { CACHE: { from: 'cache.url' } },
    web: { command: ['serve'], port: 8000, health: { path: '/', host: 'acme.example.com' } },
    environments: ['lab', 'lab-operator'],
    overlays: { 'lab-operator': { cache: ofOperator } },
  }),
  tenantOf({
    name: 'many',
    app: { ...django, entrypoint: ['/entrypoint.sh'] },
    broker: { topology: 'standalone' },
    workers: {
      default: { queues: ['celery'] },
      reports: {
        queues: ['reports'],
        app: { image: 'reports:2.0.0', module: 'reports.celery', entrypoint: [] },
      },
    },
    web: {
      command: ['serve'],
      port: 8000,
      health: { host: '*' },
      sidecars: { login: { image: 'login:1.0.0', port: 4180, front: true } },
    },
    processes: {
      websockets: {
        command: ['daphne', 'shop.asgi:application'],
        port: 8001,
        health: { path: '/ready', host: '*' },
        scaling: { min: 2, max: 4, utilization: 70 },
      },
      admin: { command: ['serve', 'admin'], port: 8000, health: { host: '*' }, atMostOne: true },
      consumer: { command: ['consume'], redisUser: 'worker', replicas: 3 },
      listener: { command: ['listen'], atMostOne: true, health: ['listen', '--alive'], grace: '2m' },
      nightly: {
        command: ['manage', 'clearsessions'],
        cron: '0 3 * * *',
        timeLimit: '2h',
        env: { TOKEN: { secret: 'tokens', key: 'api' } },
      },
    },
    migrate: { command: ['migrate'], check: ['migrate', '--check'] },
  }),
  tenantOf({
    name: 'on-sealed-away',
    broker: { shared: 'sealedaway' },
    environments: ['lab', 'lab-operator'],
  }),
];
