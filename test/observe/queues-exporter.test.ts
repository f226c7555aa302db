// The exporter of queues: where there is one, what it is given of each tenant, and who may reach it.

import { aclServers } from '../../lib/redis/acl-servers';
import { judge, renderedLeaves } from '../../lib/laws';
import type { Environment, Tenant } from '../../lib/spec';
import { broker, leafManifests, lookup, plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const watched = (more: Partial<Environment> = {}): Environment => ({
  ...plain,
  peers: { prometheus: { namespace: { team: 'platform' }, pods: { app: 'prometheus' } } },
  monitoring: { kind: 'operator', namespace: 'monitoring' },
  ...more,
});

const issuer = { issuer: 'platform' };
const DEDICATED = {
  standalone: { topology: 'standalone' },
  replicated: { topology: 'replicated', replicas: 2 },
  sentinel: { topology: 'sentinel', replicas: 2 },
  sealed: { topology: 'standalone', tls: issuer },
} as const;

/** What the exporter reads of a tenant. */
const listOf = (objects: Synth, tenant: string, map = 'queues-tenants'): Json =>
  JSON.parse(objects.byKind('ConfigMap', map).data[`${tenant}.json`]);

const container = (objects: Synth): Json =>
  objects.byKind('Deployment', 'queues').spec.template.spec.containers[0];

const variables = (objects: Synth): Readonly<Record<string, string>> =>
  Object.fromEntries(container(objects).env.map(({ name, value }: Json) => [name, value]));

describe('the exporter of queues', () => {
  test('is beside each broker that Stalk runs, where the environment has monitoring', () => {
    const tenants = Object.entries(DEDICATED).map(([name, redis]) =>
      tenantOf({ name: `own-${name}`, broker: redis }),
    );
    const { leaves } = platformOf(watched(), [...tenants, tenantOf()]);

    const found = leaves.filter((leaf) =>
      leafManifests(leaf).some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'queues'),
    );

    expect(found.map(({ folder }) => folder)).toEqual([
      'brokers/main',
      ...Object.keys(DEDICATED).map((name) => `tenants/own-${name}`),
    ]);
  });

  test('is nowhere, and no user of it, where nothing is watched', () => {
    const { leaves } = platformOf(plain, [tenantOf(), tenantOf({ name: 'own', broker: DEDICATED.sentinel })]);

    expect(JSON.stringify(leaves.map(leafManifests))).not.toMatch(/queues-|"queues"|queues -/);
  });

  test('keeps all laws in every topology, with certificates and with secrets from a store', () => {
    const secrets = [
      { strategy: 'existing' },
      { strategy: 'externalSecrets', store: 'vault', path: 'stalk', generate: true },
    ] as const;
    const tenants = Object.entries(DEDICATED).map(([name, redis]) =>
      tenantOf({ name: `own-${name}`, broker: redis }),
    );
    const cases = secrets.flatMap((strategy) =>
      Object.values(DEDICATED).map((main) => watched({ secrets: strategy, brokers: { main } })),
    );

    const broken = cases.flatMap((environment) =>
      judge(renderedLeaves(platformOf(environment, [...tenants, tenantOf()]))),
    );

    expect(broken).toEqual([]);
  });
});

describe('the exporter of a shared broker', () => {
  test('finds each tenant in a file, with its keys as Redis has them and what is expected', () => {
    const acme = tenantOf({
      workers: {
        default: { queues: ['celery', 'emails'], replicas: 2 },
        slow: { queues: ['reports'], scaling: { min: 0, max: 4, queueLength: 5 } },
      },
      beat: {},
      objectives: { depth: 50, queues: { emails: { wait: '1m' } }, succeed: 99.5 },
    });

    const list = listOf(
      broker('main', watched({ peers: { ...watched().peers, keda: KEDA } }), [acme]),
      'acme',
    );

    expect(list).toEqual({
      database: 0,
      prefix: 'tenant:acme:',
      lists: ['', '\u0006\u00163', '\u0006\u00166', '\u0006\u00169'],
      queues: { 'tenant-acme': [50, 600], 'tenant-acme.emails': [50, 60], 'tenant-acme.reports': [50, 600] },
      unacked: 'tenant:acme:unacked',
      letters: 'tenant:acme:dead-letters',
      visibility: expect.any(Number),
      beat: true,
      pools: { default: 2, slow: 0 },
      objectives: { succeed: 99.5, 'start-in-time': 99 },
    });
  });

  test.each([
    ['queue', { prefix: '', unacked: 'tenant-acme.unacked', queues: ['tenant-acme'] }],
    ['prefix', { prefix: 'tenant:acme:', unacked: 'tenant:acme:unacked', queues: ['celery'] }],
    ['hybrid', { prefix: 'tenant:acme:', unacked: 'tenant:acme:unacked', queues: ['tenant-acme'] }],
  ] as const)('counts a tenant of isolation %s where its messages lie', (isolation, wanted) => {
    const acme = tenantOf({ broker: { shared: 'main', isolation, database: 3 } });

    const { prefix, unacked, queues, database } = listOf(broker('main', watched(), [acme]), 'acme');

    expect({ prefix, unacked, queues: Object.keys(queues), database }).toEqual({ ...wanted, database: 3 });
  });

  test('counts priorities as the tenant names their lists', () => {
    const acme = tenantOf({ priorities: { steps: [0, 5], separator: ':' } });

    expect(listOf(broker('main', watched(), [acme]), 'acme').lists).toEqual(['', ':5']);
  });

  test('counts the queues of a shared pool as those of the tenants that it serves, and what it holds once', () => {
    const place = { shared: 'main', isolation: 'queue', group: 'shop' } as const;
    const served = ['tenant-001', 'tenant-002'] as const;
    const all = tenantOf({
      name: 'all',
      broker: place,
      workers: { default: { serves: ['all', ...served] } },
    });
    const { app } = tenantOf();
    const others = served.map((name): Tenant => ({ name, app, broker: place }));

    const objects = broker('main', watched(), [all, ...others]);
    const lists = ['all', ...served].map((name) => listOf(objects, name));

    expect(lists.map(({ queues }) => Object.keys(queues))).toEqual([
      ['tenant-all'],
      ['tenant-001'],
      ['tenant-002'],
    ]);
    expect(lists.map(({ unacked }) => unacked)).toEqual(['tenant:shop:unacked', undefined, undefined]);
  });

  test('changes no pod when a tenant is added', () => {
    const pods = (tenants: readonly Tenant[]) =>
      broker('main', watched(), tenants)
        .all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet')
        .map(({ spec }) => spec.template);

    const one = pods([tenantOf()]);
    const two = pods([tenantOf(), tenantOf({ name: 'bravo' })]);

    expect(two).toEqual(one);
  });

  test('has lists of a size that kubectl apply takes, however many tenants there are', () => {
    const queues = ['celery', ...Array.from({ length: 7 }, (_, i) => `notifications-${i}`)] as const;
    const tenants = Array.from({ length: 600 }, (_, i) =>
      tenantOf({ name: `customer-${String(i).padStart(3, '0')}`, workers: { default: { queues } } }),
    );

    const maps = broker('main', watched(), tenants).all.filter(({ metadata }) =>
      metadata.name.startsWith('queues-tenants'),
    );

    expect(maps.map(({ metadata }) => metadata.name)).toEqual([
      'queues-tenants',
      'queues-tenants-2',
      'queues-tenants-3',
    ]);
    expect(maps.flatMap(({ data }) => Object.keys(data))).toHaveLength(600);
    for (const map of maps) expect(JSON.stringify(JSON.stringify(map)).length).toBeLessThan(256 * 1024);
    const { volumes } = broker('main', watched(), tenants).byKind('Deployment', 'queues').spec.template.spec;
    expect(volumes.find(({ name }: Json) => name === 'tenants').projected.sources).toHaveLength(3);
  });

  test('comes as a user that may read every key and change none', () => {
    const { data } = broker('main', watched(), [tenantOf()]).byKind('ConfigMap', 'redis-rules');

    expect(data.users.split('\n')).toContain('queues - queues');
    expect(data.roles.split('\n')).toContain(
      'queues - resetkeys %R~* resetchannels -@all +ping +select +evalsha_ro +script|load +llen +lindex +hlen +zrange +zcard',
    );
  });

  test('gets its own password and no other', () => {
    const { volumes } = broker('main', watched(), [tenantOf()]).byKind('Deployment', 'queues').spec.template
      .spec;

    expect(volumes.find(({ name }: Json) => name === 'password').secret).toEqual({
      secretName: 'redis-users',
      items: [{ key: 'queues', path: 'queues' }],
      defaultMode: 0o440,
    });
  });

  test('shows a certificate of its own where Redis asks for one', () => {
    const objects = broker('main', watched({ brokers: { main: DEDICATED.sealed } }), [tenantOf()]);

    expect(objects.byKind('Certificate', 'redis-client-tls').spec).toMatchObject({
      commonName: 'queues',
      usages: ['client auth'],
    });
    expect(variables(objects)).toMatchObject({
      REDIS: 'redis:6380',
      REDIS_TLS: 'mutual',
      REDIS_TLS_FOLDER: '/etc/stalk/tls',
    });
  });

  test('asks sentinels for the primary, as a user that they know', () => {
    const objects = broker('main', watched({ brokers: { main: DEDICATED.sentinel } }), [tenantOf()]);

    expect(variables(objects)).toMatchObject({
      REDIS_PRIMARY: 'primary',
      REDIS_SENTINELS: [0, 1, 2]
        .map((n) => `sentinel-${n}.sentinel-headless.broker-main.svc.cluster.local:26379`)
        .join(' '),
    });
    expect(variables(objects)).not.toHaveProperty('REDIS');
    expect(objects.byKind('ConfigMap', 'sentinel-rules').data.users).toContain('queues - asker\n');
  });

  test('reaches its Redis and nothing else', () => {
    const objects = broker('main', watched(), [tenantOf()]);

    expect(objects.byKind('NetworkPolicy', 'queues').spec).toEqual({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/component': 'queues', 'app.kubernetes.io/instance': 'queues' },
      },
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'redis' } } }],
          ports: [{ port: 6379, protocol: 'TCP' }],
        },
      ],
    });
  });

  test('has the image and the size that the environment says, and they are in the quota', () => {
    const asked = { image: 'mirror/python:3.13.1', cpu: '40m', memory: '100Mi' } as const;
    const without = broker('main', watched(), []).byKind('ResourceQuota', 'tenant').spec.hard;
    const objects = broker(
      'main',
      watched({ monitoring: { kind: 'operator', namespace: 'monitoring', queuesExporter: asked } }),
      [],
    );
    const { hard } = objects.byKind('ResourceQuota', 'tenant').spec;

    expect(container(objects)).toMatchObject({
      image: 'mirror/python:3.13.1',
      resources: { requests: { cpu: '40m', memory: '100Mi' }, limits: { cpu: '40m', memory: '100Mi' } },
    });
    expect(hard).not.toEqual(without);
  });
});

const KEDA = { namespace: { app: 'keda' }, pods: { app: 'keda-operator' } };

test('the exporter of a tenant’s own broker finds the tenant alone', () => {
  const objects = synth(tenantOf({ broker: DEDICATED.replicated }), watched());

  expect(Object.keys(objects.byKind('ConfigMap', 'queues-tenants').data)).toEqual(['acme.json']);
  expect(listOf(objects, 'acme')).toMatchObject({
    prefix: '',
    unacked: 'unacked',
    queues: { celery: [500, 600] },
  });
  expect(lookup(objects.all).byKind('Deployment', 'queues').metadata.labels['stalk.dev/tenant']).toBe('acme');
});

describe('the exporter of a broker that somebody else runs', () => {
  const external = { topology: 'external', host: 'redis.example.com', cidrs: ['192.0.2.0/24'] } as const;
  const on = (redis: object): Environment =>
    watched({ brokers: { main: { ...external, ...redis } }, secrets: { strategy: 'existing' } });

  test('is in the namespace of each tenant, and reads as the tenant’s own user', () => {
    const objects = synth(tenantOf(), on({ tls: true }));
    const { volumes } = objects.byKind('Deployment', 'queues').spec.template.spec;

    expect(variables(objects)).toMatchObject({
      REDIS: 'redis.example.com:6379',
      REDIS_USER: 'acme-queues',
      REDIS_TLS: 'public',
    });
    expect(volumes.find(({ name }: Json) => name === 'password').secret).toMatchObject({
      secretName: 'redis-credentials',
      items: [{ key: 'acme-queues', path: 'acme-queues' }],
    });
    expect(objects.byKind('NetworkPolicy', 'queues').spec.egress[0].to).toEqual([
      { ipBlock: { cidr: '192.0.2.0/24' } },
    ]);
  });

  test('comes as the one user where all come as one', () => {
    expect(variables(synth(tenantOf(), on({ username: 'default' })))).toMatchObject({
      REDIS_USER: 'default',
    });
  });

  test.each([
    ['prefix', {}, '%R~tenant:acme:*'],
    ['queue', {}, '%R~tenant-acme %R~tenant-acme.* %R~tenant-acme[^!-~]*'],
    ['queue', { priorities: { separator: ':' } }, '%R~tenant-acme %R~tenant-acme.* %R~tenant-acme[^!-~]*'],
  ] as const)('reads keys of its tenant alone with isolation %s %j', (isolation, more, keys) => {
    const { tenants } = platformOf(on({}), [tenantOf({ broker: { shared: 'main', isolation }, ...more })]);

    const found = aclServers(tenants)[0]?.users.find(({ name }) => name === 'acme-queues');

    const end = 'priorities' in more ? ' %R~tenant-acme[^-0-9A-Za-z._]*' : '';
    expect(found?.rules).toBe(
      `resetkeys ${keys} resetchannels -@all +ping +select +evalsha_ro +script|load +llen +lindex +hlen +zrange +zcard${end}`,
    );
  });

  test('reads the whole Redis of a tenant alone', () => {
    const { tenants } = platformOf(watched(), [tenantOf({ broker: external })]);

    expect(aclServers(tenants)[0]?.users.map(({ name }) => name)).toContain('acme-queues');
    expect(aclServers(tenants)[0]?.users.find(({ name }) => name === 'acme-queues')?.rules).toContain(
      'resetkeys %R~* resetchannels',
    );
  });

  test('has no user where nothing is watched', () => {
    const { tenants } = platformOf({ ...plain, brokers: { main: external } }, [tenantOf()]);

    expect(aclServers(tenants)[0]?.users.map(({ name }) => name)).toEqual([
      'acme',
      'acme-scaler',
      'acme-web',
    ]);
  });

  test('keeps all laws', () => {
    const tenants = [
      tenantOf(),
      tenantOf({ name: 'own', broker: { ...external, host: 'other.example.com' } }),
    ];

    expect(judge(renderedLeaves(platformOf(on({}), tenants)))).toEqual([]);
  });
});
