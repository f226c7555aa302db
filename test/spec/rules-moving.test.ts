// A tenant that moves: what may stand in movingFrom, and what it becomes.

import { judge, renderedLeaves } from '../../lib/laws';
import { platforms } from '../../lib/platform';
import { resolve } from '../../lib/spec/resolve';
import { resolveEnvironment } from '../../lib/spec/resolve-environment';
import { synth, broker as brokerLeaf, tenantOf } from '../support/synth';
import { environmentWith, saysOf, tenant, tenantWith } from './helpers';
import type { Change } from './helpers';

const where = environmentWith({
  brokers: { other: { topology: 'standalone' } },
  secrets: { strategy: 'existing' },
});
const foreign = {
  topology: 'external',
  host: 'redis.example.com',
  cidrs: ['10.9.0.7/32'],
  username: 'default',
} as const;
const own = { topology: 'standalone' } as const;
const pool = { queues: ['celery'] };

const says = (change: Change, place = where): string[] => saysOf([tenantWith(change)], place);
const moving = (broker: Change): string[] => says({ broker });

test.each<[string, Change]>([
  ['from one shared broker to another', { shared: 'other', movingFrom: { shared: 'main' } }],
  ['with another isolation', { shared: 'other', movingFrom: { shared: 'main', isolation: 'queue' } }],
  ['to a Redis of its own', { ...own, movingFrom: { shared: 'main' } }],
  ['back from it', { shared: 'main', movingFrom: own }],
  ['from a Redis that the app uses today', { shared: 'main', movingFrom: foreign }],
  ['from that one to its own', { ...own, movingFrom: foreign }],
])('a tenant moves %s', (_, broker) => {
  expect(moving(broker)).toEqual([]);
});

test.each<[string, Change, string]>([
  [
    'to the broker that it leaves',
    { shared: 'main', movingFrom: { shared: 'main' } },
    'broker.movingFrom must be another broker than the one that the tenant moves to, got { shared: "main" }; remove movingFrom, or name the broker that the tenant leaves',
  ],
  [
    'between two of its own',
    { topology: 'sentinel', replicas: 2, movingFrom: own },
    'broker.movingFrom must be a shared broker, or the new one be: two of the tenant\'s own have one name in namespace "acme", got { topology: "standalone" }; change the topology in place, which loses nothing; or move by way of a shared broker',
  ],
  [
    'with its group',
    { shared: 'other', movingFrom: { shared: 'main', isolation: 'queue', group: 'crew' } },
    'broker.movingFrom.group must be left out while the tenant moves: the tenants of a group share users, a prefix and pools, got "crew"; give the tenant a name, queues and a pool of its own first, or let the group stay where it is',
  ],
  [
    'from a broker that nobody knows',
    { shared: 'main', movingFrom: { shared: 'othr' } },
    'broker.movingFrom.shared must name a shared broker of the environment, got "othr"; use "other"',
  ],
  [
    'from an evicting one',
    { shared: 'main', movingFrom: { ...own, eviction: 'allkeys-lru' } },
    'broker.movingFrom.eviction must be "noeviction" on a broker: any other deletes tasks that it accepted, got "allkeys-lru"; remove it, and give the tenant a cache for what may be forgotten',
  ],
  [
    'from keys that its users do not reach',
    {
      shared: 'main',
      movingFrom: { ...foreign, username: undefined, results: { prefix: 'x:' }, redbeatPrefix: 'y:' },
    },
    'broker.movingFrom.results.prefix must be left out where each tenant has users of its own: their rules name the prefix of the broker alone, got "x:"; name the one user that reads every key in username, or remove it',
  ],
  [
    'from keys of its own naming on a Redis of Stalk',
    { shared: 'main', movingFrom: { ...own, redbeatPrefix: 'y:' } },
    'broker.movingFrom.redbeatPrefix must be',
  ],
  [
    'from two at once',
    { shared: 'main', movingFrom: { ...own, movingFrom: { shared: 'other' } } },
    'broker.movingFrom.movingFrom must be a known prop, got {"shared":"other"}; remove it: a tenant moves from one broker at a time, so the first move ends before another begins',
  ],
])('a tenant does not move %s', (_, broker, text) => {
  expect(moving(broker).join('\n')).toContain(text);
});

test('movingFrom stands in the broker, not in the tenant', () => {
  expect(says({ broker: { shared: 'other' }, movingFrom: { shared: 'main' } })).toEqual([
    'movingFrom must be a known prop, got {"shared":"main"}; write broker: { movingFrom: … }',
  ]);
});

test('a server that a tenant leaves in two environments is told where it is written', () => {
  const both = [where, { ...where, name: 'production' }];
  const takesOver = tenantWith({ broker: { shared: 'main', movingFrom: foreign } });

  expect(() => platforms({ environments: both, tenants: [takesOver] })).toThrow(
    'tenant "acme": broker.movingFrom.host must be another server',
  );
});

const BUCKET = { kind: 's3', endpoint: 'https://s3.eu-central-1.amazonaws.com', bucket: 'backups' };

test.each<[string, Change]>([
  [
    'from a Redis of its own with backups',
    { shared: 'other', movingFrom: { ...own, backup: { to: BUCKET } } },
  ],
  ['to a Redis of its own with backups', { ...own, backup: { to: BUCKET }, movingFrom: { shared: 'main' } }],
  ['from a Redis of its own to one of somebody else', { ...foreign, movingFrom: own }],
  ['from a Redis of somebody else to one of its own', { ...own, movingFrom: foreign }],
  [
    'from a guarded Redis of its own with backups',
    { shared: 'main', movingFrom: { topology: 'sentinel', replicas: 2, backup: { to: BUCKET } } },
  ],
])('a tenant that moves %s holds the laws', (_, broker) => {
  const all = platforms({ environments: [where], tenants: [tenantWith({ broker })] });

  expect(
    all.flatMap((one) => judge(renderedLeaves(one)).map(({ folder, text }) => `${folder}: ${text}`)),
  ).toEqual([]);
});

test('fails when backups of a Redis that a tenant leaves do not reach it', () => {
  const broker = { shared: 'other', movingFrom: { ...own, backup: { to: BUCKET } } };
  const [one] = platforms({ environments: [where], tenants: [tenantWith({ broker })] });
  const leaves = one ? renderedLeaves(one) : [];
  const spoilt = leaves.map((leaf) => ({
    ...leaf,
    manifests: leaf.manifests.filter(
      ({ kind, metadata }) => `${kind}/${metadata.name}` !== 'NetworkPolicy/redis-backup',
    ),
  }));

  expect(judge(spoilt).map(({ folder, text }) => `${folder}: ${text}`)).toContain(
    "tenants/acme: CronJob/redis-backup must reach its broker beside it, got no way; let both ends' NetworkPolicies name its labels",
  );
});

test('certificates of two issuers do not lie in one Secret', () => {
  const sealed = (issuer: string) => ({ topology: 'standalone', tls: { issuer } });
  const place = environmentWith({ brokers: { a: sealed('one'), b: sealed('two') } });

  expect(says({ broker: { shared: 'a', movingFrom: { shared: 'b' } } }, place)).toEqual([
    expect.stringMatching(/^broker\.movingFrom\.shared must have the issuer of the new broker/) as string,
  ]);
});

test('a pool has not the name of one that drains', () => {
  const workers = { default: pool, 'default-draining': { queues: ['other'] } };

  expect(says({ workers, broker: { shared: 'other', movingFrom: { shared: 'main' } } })).toEqual([
    expect.stringMatching(
      /^workers\.default-draining must be called otherwise while the tenant moves/,
    ) as string,
  ]);
});

test('what a tenant has on the broker that it leaves is nobody else’s', () => {
  const neighbour = {
    ...tenant,
    name: 'globex',
    broker: { shared: 'main', prefix: 'acme:globex:' },
  } as const;
  const mover = tenantWith({
    broker: { shared: 'other', movingFrom: { shared: 'main', prefix: 'acme:' } },
  });

  expect(saysOf([mover, neighbour], where)).toEqual([
    expect.stringMatching(
      /^broker\.prefix must not begin with the prefix "acme:" of tenant "acme"/,
    ) as string,
  ]);
});

test('a broker has room for the clients of those who leave it', () => {
  const small = environmentWith({ brokers: { other: { topology: 'standalone', maxClients: 20 } } });
  const change = { workers: { default: { ...pool, replicas: 9 } } };

  expect(says({ ...change, broker: { shared: 'main', movingFrom: { shared: 'other' } } }, small)).toEqual([
    expect.stringMatching(/^brokers\.other\.maxClients must be at least /) as string,
  ]);
});

test('the old side is resolved as the tenant was, and both Secrets get names of their own', () => {
  const { broker, moving: old } = resolve(
    tenantWith({ broker: { shared: 'other', movingFrom: { shared: 'main', isolation: 'prefix' } } }),
    resolveEnvironment(where),
  );

  expect(broker).toMatchObject({ name: 'other', secret: 'redis-credentials-of-other' });
  expect(old?.broker).toMatchObject({
    name: 'main',
    isolation: 'prefix',
    isLeft: true,
    secret: 'redis-credentials-of-main',
  });
  expect(old?.workers.map(({ name, queues }) => [name, queues])).toEqual([['default-draining', ['celery']]]);
});

describe('a tenant that moves', () => {
  const mover = tenantOf({
    broker: { shared: 'other', movingFrom: { shared: 'main' } },
    web: { command: ['serve'], port: 8000 },
    beat: {},
  });
  const { byKind } = synth(mover, where);
  const podOf = (name: string) => byKind('Deployment', name).spec.template.spec;

  test('has a pool that drains the old broker, and nothing scales it', () => {
    expect(podOf('worker-default-draining').initContainers.map(({ name }: { name: string }) => name)).toEqual(
      ['wait-for-redis', 'carry'],
    );
    expect(byKind('PodDisruptionBudget', 'worker-default-draining')).toBeDefined();
  });

  test('is known to both brokers', () => {
    for (const name of ['main', 'other'])
      expect(brokerLeaf(name, where, [mover]).byKind('ConfigMap', 'redis-rules').data.users).toContain(
        'acme ',
      );
  });

  test('brings entries over before beat begins, and web knows where results may lie', () => {
    const facts = (pod: { readonly initContainers: readonly object[] }) => [
      JSON.stringify(pod.initContainers).includes('"carry"'),
      JSON.stringify(pod).includes('STALK_MOVING'),
    ];

    expect([podOf('beat'), podOf('web')].map(facts)).toEqual([
      [true, true],
      [false, true],
    ]);
  });

  test('tells each side of the other, with no password', () => {
    const { data } = byKind('ConfigMap', 'celery-moving');
    const { settings, ...other } = JSON.parse(data['told-to-old.json']);

    expect(other).toEqual({
      side: 'old',
      queues: ['celery'],
      lists: false,
      user: 'acme',
      password_file: '/etc/stalk/moving/password',
      queue: 'tenant-acme',
    });
    expect(settings.broker_url).toContain('broker-other');
    expect(JSON.parse(data['settings.json']).broker_url).toContain('broker-main');
    expect(JSON.parse(data['told-to-new.json']).settings.broker_url).toContain('broker-main');
  });
});
