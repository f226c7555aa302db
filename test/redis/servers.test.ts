// Every prop of a Redis, in each topology, and of a place on a shared one: where it ends up in the manifests.

import type { BrokerUse, Cache, External, Replicated, Standalone } from '../../lib/spec';
import { settingsOf } from '../support/laws/law';
import { allProbes, mainOf, once, podOf, probeTimes, range, reaches, TIMES } from '../support/props';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const settings = (o: Synth): Json => settingsOf(o.all);

const line = (name: string, word: string) => (o: Synth) =>
  new RegExp(`^${word} (.*)$`, 'm').exec(o.byKind('ConfigMap', `${name}-config`).data['redis.conf'])?.[1];

const FAST = [
  [0, 10, 7, 60],
  [0, 10, 7, 3],
  [0, 10, 7, 3],
];

const sizes = {
  cpu: { request: '150m', limit: '1500m' },
  memory: { request: '300Mi', limit: '1000Mi' },
  image: 'valkey:8.0.1',
  eviction: 'noeviction',
  maxClients: 4321,
  probes: allProbes,
} as const;

/** Props that a broker has in every topology that Stalk runs. */
const places = (
  name: string,
  defaults: { cpu: string; memory: string; maxmemory: string; policy: string },
) => {
  const main = mainOf('StatefulSet', name);
  return {
    cpu: [(o: Synth) => range(main(o), 'cpu'), '150m/1500m', defaults.cpu],
    memory: [
      (o: Synth) => [range(main(o), 'memory'), line(name, 'maxmemory')(o)],
      ['300Mi/1000Mi', '734003200'],
      [defaults.memory, defaults.maxmemory],
    ],
    image: [
      (o: Synth) =>
        [...podOf('StatefulSet', name)(o).initContainers, ...podOf('StatefulSet', name)(o).containers].map(
          (c) => c.image,
        ),
      ['valkey:8.0.1', 'valkey:8.0.1', 'valkey:8.0.1'],
      ['redis:7.2.11-alpine', 'redis:7.2.11-alpine', 'redis:7.2.11-alpine'],
    ],
    eviction: [line(name, 'maxmemory-policy'), 'noeviction', defaults.policy],
    maxClients: [line(name, 'maxclients'), '4321', '10000'],
    probes: [(o: Synth) => probeTimes(main(o)), [TIMES, TIMES, TIMES], FAST],
  } as const;
};

const claimOf = (name: string) => (o: Synth) => {
  const [claim] = o.byKind('StatefulSet', name).spec.volumeClaimTemplates ?? [];
  return claim && [claim.spec.resources.requests.storage, claim.spec.storageClassName];
};

const REDIS = { cpu: '100m/500m', memory: '128Mi/256Mi', maxmemory: '187904819', policy: 'noeviction' };

const server = {
  ...sizes,
  storage: '5Gi',
  storageClass: 'fast',
  databases: 20,
  prefix: 'own:',
  database: 17,
  alsoCache: true,
} as const;

const ofServer = {
  ...places('redis', REDIS),
  storage: [(o: Synth) => claimOf('redis')(o)?.[0], '5Gi', '2Gi'],
  storageClass: [(o: Synth) => claimOf('redis')(o)?.[1], 'fast', 'standard'],
  databases: [line('redis', 'databases'), '20', '16'],
  prefix: [
    (o: Synth) => [
      settings(o).broker_transport_options.global_keyprefix,
      o.byKind('ConfigMap', 'redis-rules').data.acme.split(' ').slice(0, 2),
    ],
    ['own:', ['resetkeys', '~own:*']],
    [undefined, ['resetkeys', '~*']],
  ],
  database: [(o: Synth) => new URL(settings(o).broker_url).pathname, '/17', '/0'],
  alsoCache: [(o: Synth) => o.byKind('ConfigMap', 'redis-rules').data.acme.includes('+mset'), true, false],
} as const;

describe('a standalone Redis', () => {
  const all: Required<Omit<Standalone, 'topology' | 'tls'>> = server;

  reaches<typeof all>(
    ofServer,
    once(() => synth(tenantOf({ broker: { topology: 'standalone', ...all } }))),
    once(() => synth(tenantOf({ broker: { topology: 'standalone' } }))),
  );

  test('is known to its tenant by the name of its Service', () => {
    const o = synth(tenantOf({ broker: { topology: 'standalone' } }));

    expect(settings(o).broker_url).toBe('redis://redis:6379/0');
  });
});

describe('a replicated Redis', () => {
  const all: Required<Omit<Replicated, 'topology' | 'tls'>> = { ...server, replicas: 3 };
  const minimal = { topology: 'replicated', replicas: 1 } as const;

  reaches<typeof all>(
    { ...ofServer, replicas: [(o) => o.byKind('StatefulSet', 'redis-replica').spec.replicas, 3, 1] },
    once(() => synth(tenantOf({ broker: { topology: 'replicated', ...all } }))),
    once(() => synth(tenantOf({ broker: minimal }))),
  );

  test('has one primary and its replicas, told apart by their role', () => {
    const { byKind } = synth(tenantOf({ broker: minimal }));

    const role = (name: string) =>
      byKind('StatefulSet', name).spec.template.metadata.labels['stalk.dev/role'];
    expect([role('redis'), role('redis-replica')]).toEqual(['primary', 'replica']);
    expect(byKind('StatefulSet', 'redis').spec.replicas).toBe(1);
  });

  test('gives Celery the primary by the name of its pod, not a Service', () => {
    expect(settings(synth(tenantOf({ broker: minimal }))).broker_url).toBe(
      'redis://redis-0.redis-headless.acme.svc.cluster.local:6379/0',
    );
  });

  test('gives every replica the settings of its primary, and whom to follow', () => {
    const o = synth(tenantOf({ broker: minimal }));

    expect(line('redis-replica', 'replicaof')(o)).toBe('redis-0.redis-headless.acme.svc.cluster.local 6379');
    expect(line('redis-replica', 'maxmemory')(o)).toBe(line('redis', 'maxmemory')(o));
    expect(line('redis', 'replicaof')(o)).toBeUndefined();
    expect(o.byKind('ConfigMap', 'redis-rules').data.replica).toBe(
      'resetkeys resetchannels -@all +psync +replconf +ping',
    );
  });
});

describe('an external Redis', () => {
  const all: Required<Omit<External, 'topology' | 'tls' | 'maxClients' | 'databases'>> = {
    host: 'redis.example.com',
    port: 6390,
    cidrs: ['10.9.0.7/32', '10.9.0.8/32'],
    username: 'app',
    prefix: 'ours:',
    database: 5,
  };
  const minimal: External = { topology: 'external', host: 'r', cidrs: ['10.0.0.1/32'], username: 'u' };
  const rule = (o: Synth) => o.byKind('NetworkPolicy', 'to-broker').spec.egress[0];

  reaches<typeof all>(
    {
      host: [(o) => new URL(settings(o).broker_url).hostname, 'redis.example.com', 'r'],
      port: [
        (o) => [new URL(settings(o).broker_url).port, rule(o).ports[0].port],
        ['6390', 6390],
        ['6379', 6379],
      ],
      cidrs: [
        (o) => rule(o).to.map((p: Json) => p.ipBlock.cidr),
        ['10.9.0.7/32', '10.9.0.8/32'],
        ['10.0.0.1/32'],
      ],
      username: [
        (o) =>
          podOf('Deployment', 'worker-default')(o).volumes.find((v: Json) => v.name === 'redis-password')
            .secret,
        {
          secretName: 'redis-credentials',
          items: [{ key: 'app', path: 'password' }],
          defaultMode: 0o440,
        },
        { secretName: 'redis-credentials', items: [{ key: 'u', path: 'password' }], defaultMode: 0o440 },
      ],
      prefix: [(o) => settings(o).broker_transport_options.global_keyprefix, 'ours:', undefined],
      database: [(o) => new URL(settings(o).broker_url).pathname, '/5', '/0'],
    },
    once(() => synth(tenantOf({ broker: { topology: 'external', ...all } }))),
    once(() => synth(tenantOf({ broker: minimal }))),
  );

  test('renders no server and no users', () => {
    const kinds = synth(tenantOf({ broker: minimal })).all.map((m) => `${m.kind}/${m.metadata.name}`);

    expect(kinds.filter((kind) => /StatefulSet|redis-/.test(kind))).toEqual([]);
  });
});

describe('a cache', () => {
  const all: Required<Cache> = { ...sizes, eviction: 'volatile-ttl', persistence: true, storage: '6Gi' };
  const CACHE = { cpu: '50m/500m', memory: '128Mi/256Mi', maxmemory: '187904819', policy: 'allkeys-lru' };

  reaches<typeof all>(
    {
      ...places('cache', CACHE),
      eviction: [line('cache', 'maxmemory-policy'), 'volatile-ttl', 'allkeys-lru'],
      persistence: [line('cache', 'appendonly'), 'yes', 'no'],
      storage: [claimOf('cache'), ['6Gi', 'standard'], undefined],
    },
    once(() => synth(tenantOf({ cache: all }))),
    once(() => synth(tenantOf({ cache: {} }))),
  );

  test('keeps its data in memory and on the node while it has no volume', () => {
    const volumes = podOf('StatefulSet', 'cache')(synth(tenantOf({ cache: {} }))).volumes;

    expect(volumes.find((v: Json) => v.name === 'redis-data').emptyDir).toEqual({ sizeLimit: '1Gi' });
  });
});

describe('a place on a shared broker', () => {
  const all: Required<Omit<BrokerUse, 'group'>> = {
    shared: 'main',
    isolation: 'prefix',
    prefix: 'eu:acme:',
    database: 4,
    alsoCache: true,
  };
  const rules = (use: Partial<BrokerUse>) =>
    broker('main', plain, [tenantOf({ broker: { shared: 'main', ...use } })]).byKind(
      'ConfigMap',
      'redis-rules',
    ).data;
  const queue = (o: Synth) =>
    mainOf('Deployment', 'worker-default')(o).command.find((w: string) => w.startsWith('--queues='));

  reaches<Omit<typeof all, 'alsoCache'>>(
    {
      shared: [
        (o) => new URL(settings(o).broker_url).hostname,
        'redis.broker-main.svc.cluster.local',
        'redis.broker-main.svc.cluster.local',
      ],
      isolation: [queue, '--queues=celery', '--queues=tenant-acme'],
      prefix: [(o) => settings(o).broker_transport_options.global_keyprefix, 'eu:acme:', 'tenant:acme:'],
      database: [(o) => new URL(settings(o).broker_url).pathname, '/4', '/0'],
    },
    once(() => synth(tenantOf({ broker: all }))),
    once(() => synth(tenantOf({ broker: { shared: 'main' } }))),
  );

  test('that also caches may set many keys at once; flushing stays refused', () => {
    expect(rules({ alsoCache: true })['acme']).toContain('+mset');
    expect(rules({})['acme']).not.toContain('+mset');
    expect(rules({ alsoCache: true })['acme']).not.toContain('flush');
  });

  test('lets the web process ask the workers, whose answers kombu 5.7 binds with a script', () => {
    expect(rules({})['acme-web'].split(' ')).toEqual(
      expect.arrayContaining([
        '+evalsha',
        '+script|load',
        '+script|exists',
        '+time',
        '+zadd',
        '+zrangebyscore',
      ]),
    );
  });

  test('of a group has the users of the group', () => {
    expect(Object.keys(rules({ isolation: 'queue', group: 'crew' }))).toEqual([
      'crew',
      'crew-scaler',
      'crew-web',
    ]);
  });

  test('of a group may do what any tenant of it needs, whoever comes first', () => {
    const use = { shared: 'main', isolation: 'queue', group: 'crew' } as const;
    const one = tenantOf({ name: 'one', broker: { ...use, alsoCache: true } });
    const two = tenantOf({ name: 'two', broker: use, beat: { scheduler: 'redbeat' } });

    for (const list of [
      [one, two],
      [two, one],
    ]) {
      const { crew } = broker('main', plain, list).byKind('ConfigMap', 'redis-rules').data;
      expect(crew.split(' ')).toEqual(expect.arrayContaining(['+mset', '+hsetnx', '+pttl']));
    }
  });

  test('with queue isolation reaches what carries its name, and nothing else', () => {
    const words: string[] = rules({ isolation: 'queue' })['acme'].split(' ');

    const keys = words.filter((word) => word.startsWith('~'));
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter((key) => !key.includes('tenant-acme'))).toEqual([]);
  });

  test('is the exact line that was proven for a prefix', () => {
    expect(rules({ prefix: 'tenant:a:' })['acme']).toBe(
      'resetkeys ~tenant:a:* resetchannels &tenant:a:* &tenant:a:/0.celery.pidbox &tenant:a:/0.celeryev/* ' +
        '&tenant:a:/0.celeryev/worker.* -@all +ping +select +multi +exec +discard +watch +unwatch +lpush +rpush ' +
        '+rpop +brpop +llen +del +hset +hget +hdel +hlen +zadd +zrem +zrevrangebyscore +zcount +zrange +sadd ' +
        '+srem +smembers +set +setex +get +mget +expire +pexpire +incrby +publish +subscribe +unsubscribe ' +
        '+psubscribe +punsubscribe +evalsha +script|load +time +zrangebyscore +script|exists +exists +sismember +lrange',
    );
  });
});
