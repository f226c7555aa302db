// Every prop of a Redis, in each topology, and of a place on a shared one: where it ends up in the manifests.

import type { BrokerUse, Cache, External, Replicated, Sentinel, Standalone } from '../../lib/spec';
import { rulesIn } from '../support/rules';
import { settingsOf } from '../support/settings';
import {
  allPlaces,
  allProbes,
  mainOf,
  once,
  PLACES,
  placesIn,
  podOf,
  probeTimes,
  range,
  reaches,
  TIMES,
  variable,
} from '../support/props';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const settings = (o: Synth): Json => settingsOf(o.all);

const line = (name: string, word: string) => (o: Synth) =>
  new RegExp(`^${word} (.*)$`, 'm').exec(o.byKind('ConfigMap', `${name}-config`).data['redis.conf'])?.[1];

const FAST = [
  [0, 10, 7, 60],
  [0, 10, 7, 3],
  [0, 30, 7, 6],
];

const sizes = {
  cpu: { request: '150m', limit: '1500m' },
  memory: { request: '300Mi', limit: '1000Mi' },
  image: 'valkey:8.0.1',
  eviction: 'noeviction',
  maxClients: 4321,
  probes: allProbes,
  pods: allPlaces,
} as const;

/** Props that a broker has in every topology that Stalk runs. */
const places = (
  name: string,
  defaults: { cpu: string; memory: string; maxmemory: string; policy: string; class?: string },
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
    pods: [
      placesIn('StatefulSet', name),
      PLACES,
      defaults.class === undefined ? {} : { priorityClassName: defaults.class },
    ],
  } as const;
};

/** The certificates of a Redis and of its clients: port, scheme, Secrets. */
const certificatesOf = (o: Synth): Json => [
  new URL(settings(o).broker_url).protocol,
  podOf('StatefulSet', 'redis')(o).volumes.find((v: Json) => v.name === 'tls')?.secret.secretName,
  podOf('Deployment', 'worker-default')(o).volumes.find((v: Json) => v.name === 'redis-tls')?.secret
    .secretName,
  line('redis', 'port')(o),
  line('redis', 'tls-port')(o),
];

const claimOf = (name: string) => (o: Synth) => {
  const [claim] = o.byKind('StatefulSet', name).spec.volumeClaimTemplates ?? [];
  return claim && [claim.spec.resources.requests.storage, claim.spec.storageClassName];
};

const REDIS = {
  cpu: '100m/500m',
  memory: '128Mi/256Mi',
  maxmemory: '187904819',
  policy: 'noeviction',
  class: 'stalk-broker',
};

const plainServer = {
  ...sizes,
  storage: '5Gi',
  storageClass: 'fast',
  databases: 20,
  prefix: 'own:',
  database: 17,
  alsoCache: true,
} as const;

const server = { ...plainServer, tls: { secret: 'certs' } } as const;

const ofPlainServer = {
  ...places('redis', REDIS),
  storage: [(o: Synth) => claimOf('redis')(o)?.[0], '5Gi', '2Gi'],
  storageClass: [(o: Synth) => claimOf('redis')(o)?.[1], 'fast', 'standard'],
  databases: [line('redis', 'databases'), '20', '16'],
  prefix: [
    (o: Synth) => [
      settings(o).broker_transport_options.global_keyprefix,
      rulesIn(o).acme.split(' ').slice(0, 2),
    ],
    ['own:', ['resetkeys', '~own:*']],
    [undefined, ['resetkeys', '~*']],
  ],
  database: [(o: Synth) => new URL(settings(o).broker_url).pathname, '/17', '/0'],
} as const;

const ofServer = {
  ...ofPlainServer,
  tls: [
    certificatesOf,
    ['rediss:', 'certs', 'certs', '0', '6380'],
    ['redis:', undefined, undefined, '6379', undefined],
  ],
  alsoCache: [(o: Synth) => rulesIn(o).acme.includes('+@all -@admin -@dangerous'), true, false],
} as const;

describe('a standalone Redis', () => {
  const all: Required<Omit<Standalone, 'topology' | 'runtime' | 'backup'>> = server;

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
  const all: Required<Omit<Replicated, 'topology' | 'runtime' | 'backup'>> = { ...server, replicas: 3 };
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

  test('has Services that lead to no pod of another role, also while its pods change theirs', () => {
    const { byKind } = synth(tenantOf({ broker: minimal }));

    const roleOf = (name: string): string => byKind('Service', name).spec.selector['stalk.dev/role'];

    expect([roleOf('redis'), roleOf('redis-replicas')]).toEqual(['primary', 'replica']);
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
    expect(rulesIn(o).replica).toBe('resetkeys resetchannels -@all +psync +replconf +ping');
  });
});

describe('a Redis with certificates of an issuer', () => {
  const sealed = once(() =>
    synth(tenantOf({ broker: { topology: 'replicated', replicas: 2, tls: { issuer: 'internal' } } })),
  );
  const MUTUAL =
    'ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs=/etc/stalk/tls/ca.crt' +
    '&ssl_certfile=/etc/stalk/tls/tls.crt&ssl_keyfile=/etc/stalk/tls/tls.key';

  test('has one made out to every name that a client may use, whatever the number of replicas', () => {
    const { spec } = sealed().byKind('Certificate', 'redis-tls');

    expect(spec.secretName).toBe('redis-tls');
    expect(spec.issuerRef).toEqual({ group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'internal' });
    expect(spec.dnsNames).toEqual([
      'redis',
      'redis.acme',
      'redis.acme.svc',
      'redis.acme.svc.cluster.local',
      'redis-replicas',
      'redis-replicas.acme',
      'redis-replicas.acme.svc',
      'redis-replicas.acme.svc.cluster.local',
      '*.redis-headless.acme.svc',
      '*.redis-headless.acme.svc.cluster.local',
    ]);
  });

  test('makes one out to each tenant, which is good for a client and for nothing else', () => {
    const { spec } = sealed().byKind('Certificate', 'redis-client-tls');

    expect([spec.commonName, spec.dnsNames, spec.usages]).toEqual(['acme', undefined, ['client auth']]);
  });

  test('gives broker and results one URL that verifies and shows certificates', () => {
    const url = `rediss://redis-0.redis-headless.acme.svc.cluster.local:6380/0?${MUTUAL}`;

    expect([settings(sealed()).broker_url, settings(sealed()).result_backend]).toEqual([url, url]);
  });

  test('adds the options of connections to a URL with a password', () => {
    const o = synth(
      tenantOf({
        broker: { topology: 'standalone', tls: { issuer: 'internal' } },
        connections: { max: 7 },
        env: { PLAIN: { from: 'broker.url' }, PORT: { from: 'broker.port' } },
      }),
    );
    const main = mainOf('Deployment', 'worker-default')(o);

    expect(variable(main, 'PLAIN')).toBe(
      `rediss://acme:$(STALK_REDIS_PASSWORD)@redis:6380/0?${MUTUAL}&max_connections=7&socket_connect_timeout=5`,
    );
    expect(o.byKind('ConfigMap', 'app-config').data.PORT).toBe('6380');
  });

  test('tells Flower by name what its own client does not read from a URL', () => {
    const flower = { auth: { secret: 'flower', key: 'login' } };
    const o = synth(tenantOf({ broker: { topology: 'standalone', tls: { issuer: 'internal' } }, flower }));

    expect(settings(o).broker_use_ssl).toEqual({
      ssl_cert_reqs: 'required',
      ssl_check_hostname: true,
      ssl_ca_certs: '/etc/stalk/tls/ca.crt',
      ssl_certfile: '/etc/stalk/tls/tls.crt',
      ssl_keyfile: '/etc/stalk/tls/tls.key',
    });
    expect(settings(sealed()).broker_use_ssl).toBeUndefined();
  });

  test('tells its scripts where the certificates are, and the init container nothing of them', () => {
    const { initContainers, containers } = podOf('StatefulSet', 'redis')(sealed());
    const told = (c: Json) => [variable(c, 'REDIS_PORT'), variable(c, 'REDIS_TLS')];

    expect(containers.map(told)).toEqual([
      ['6380', '/etc/redis-tls'],
      ['6380', '/etc/redis-tls'],
    ]);
    expect(told(initContainers[0])).toEqual([undefined, undefined]);
  });
});

describe('a Redis with sentinels', () => {
  const all: Required<Omit<Sentinel, 'topology' | 'runtime' | 'backup'>> = {
    ...server,
    alsoCache: false, // anything else is refused by a rule
    replicas: 3,
    sentinels: 5,
  };
  const minimal = { topology: 'sentinel', replicas: 1 } as const;
  const conf = (o: Synth): string[] =>
    o.byKind('ConfigMap', 'sentinel-config').data['sentinel.conf'].split('\n');
  const urls = (o: Synth): string[] => settings(o).broker_url.split(';');
  const small = once(() => synth(tenantOf({ broker: minimal })));

  reaches<typeof all>(
    {
      ...ofPlainServer,
      alsoCache: [ofServer.alsoCache[0], false, false],
      tls: [
        (o) => [...certificatesOf(o).slice(1), ...conf(o).filter((l) => /^(tls-)?port /.test(l))],
        ['certs', 'certs', '0', '6380', 'port 0', 'tls-port 26380'],
        [undefined, undefined, '6379', undefined, 'port 26379'],
      ],
      database: [(o) => new Set(urls(o).map((u) => u.split('/').at(-1))), new Set(['17']), new Set(['0'])],
      maxClients: [
        (o) => [line('redis', 'maxclients')(o), conf(o).find((l) => l.startsWith('maxclients'))],
        ['4321', 'maxclients 4321'],
        ['10000', 'maxclients 10000'],
      ],
      replicas: [(o) => o.byKind('StatefulSet', 'redis').spec.replicas, 4, 2],
      sentinels: [
        (o) => [
          o.byKind('StatefulSet', 'sentinel').spec.replicas,
          urls(o).length,
          variable(podOf('StatefulSet', 'sentinel')(o).initContainers[1], 'QUORUM'),
        ],
        [5, 5, '3'],
        [3, 3, '2'],
      ],
    },
    once(() => synth(tenantOf({ broker: { topology: 'sentinel', ...all } }))),
    small,
  );

  test('gives Celery each sentinel by the name of its pod, and both of its clients the name of the primary', () => {
    const { broker_transport_options: broker, result_backend_transport_options: results } = settings(small());

    expect(urls(small())[2]).toBe('sentinel://sentinel-2.sentinel-headless.acme.svc.cluster.local:26379/0');
    expect([broker.master_name, results.master_name]).toEqual(['primary', 'primary']);
    expect(broker.sentinel_kwargs).toEqual(results.sentinel_kwargs);
    expect(JSON.stringify(settings(small()))).not.toMatch(/username|password|credential/);
  });

  test('lets no command of Celery wait for a hung primary for ever, unless its tenant says how long', () => {
    const timeout = (o: Synth) => [
      settings(o).broker_transport_options.socket_timeout,
      settings(o).redis_socket_timeout,
    ];

    expect(timeout(small())).toEqual([4, 4]);
    expect(timeout(synth(tenantOf({ broker: minimal, connections: { timeout: '30s' } })))).toEqual([30, 30]);
  });

  test('has no Service that leads to Redis, as the primary changes', () => {
    const services = small().all.filter(({ kind }) => kind === 'Service');

    expect(services.map(({ metadata }) => metadata.name).sort()).toEqual([
      'redis-headless',
      'sentinel',
      'sentinel-headless',
    ]);
  });

  test('lets whoever uses the Redis ask the sentinels, and nothing else', () => {
    const redis = rulesIn(small());
    const rules = rulesIn(small(), 'sentinel-rules');

    expect(Object.keys(rules)).toEqual(Object.keys(redis));
    expect(rules['acme']).toBe(rules['replica']);
    expect(rules['acme'].split(' ').filter((word: string) => word.startsWith('+sentinel'))).toEqual(
      ['masters', 'master', 'get-master-addr-by-name', 'replicas', 'slaves', 'sentinels'].map(
        (word) => `+sentinel|${word}`,
      ),
    );
    expect(rules['sentinel']).not.toMatch(/failover|\+sentinel( |$)|sentinel\|(set|reset|remove|monitor)/);
  });

  test('asks the sentinels for a role at each start of a container', () => {
    const redis = mainOf('StatefulSet', 'redis')(small());

    expect(redis.command).toEqual(['sh', '/opt/redis/data.sh', 'start', 'sh', '/opt/redis/start.sh']);
    expect(variable(redis, 'REDIS_NODES').split(' ')[1]).toBe(
      'redis-1.redis-headless.acme.svc.cluster.local:6379',
    );
    expect(line('redis', 'replicaof')(small())).toBeUndefined();
  });

  test('gives KEDA the sentinels, under the user that it has on Redis', () => {
    const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } };
    const scaling = { min: 0, max: 3, queueLength: 5 };
    const o = synth(tenantOf({ broker: minimal, workers: { default: { queues: ['celery'], scaling } } }), {
      ...plain,
      peers: { keda },
    });

    const [trigger] = o.byKind('ScaledObject', 'worker-default').spec.triggers;
    const { configMapTargetRef, secretTargetRef } = o.byKind('TriggerAuthentication', 'redis-scaler').spec;
    expect([trigger.type, trigger.metadata.sentinelMaster]).toEqual(['redis-sentinel', 'primary']);
    expect(trigger.metadata.addresses.split(',')).toHaveLength(3);
    expect([...configMapTargetRef, ...secretTargetRef].map(({ parameter, key }) => [parameter, key])).toEqual(
      [
        ['username', 'scaler-user'],
        ['sentinelUsername', 'scaler-user'],
        ['password', 'acme-scaler'],
        ['sentinelPassword', 'acme-scaler'],
      ],
    );
  });
});

describe('a Redis with sentinels and certificates', () => {
  const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } };
  const sealed = once(() =>
    synth(
      tenantOf({
        broker: { topology: 'sentinel', replicas: 1, tls: { issuer: 'internal' } },
        workers: { default: { queues: ['celery'], scaling: { min: 0, max: 3, queueLength: 5 } } },
      }),
      { ...plain, peers: { keda } },
    ),
  );
  const BY_NAME = {
    ssl_cert_reqs: 'required',
    ssl_check_hostname: true,
    ssl_ca_certs: '/etc/stalk/tls/ca.crt',
    ssl_certfile: '/etc/stalk/tls/tls.crt',
    ssl_keyfile: '/etc/stalk/tls/tls.key',
  };

  test('has one certificate, made out to every Redis and every sentinel', () => {
    expect(sealed().byKind('Certificate', 'redis-tls').spec.dnsNames).toEqual([
      'sentinel',
      'sentinel.acme',
      'sentinel.acme.svc',
      'sentinel.acme.svc.cluster.local',
      '*.redis-headless.acme.svc',
      '*.redis-headless.acme.svc.cluster.local',
      '*.sentinel-headless.acme.svc',
      '*.sentinel-headless.acme.svc.cluster.local',
    ]);
  });

  test('tells clients by name how to verify each sentinel and each Redis, as URLs of sentinels say nothing', () => {
    const all = settings(sealed());

    expect([all.broker_use_ssl, all.redis_backend_use_ssl]).toEqual([BY_NAME, BY_NAME]);
    for (const options of [all.broker_transport_options, all.result_backend_transport_options])
      expect(options.sentinel_kwargs).toEqual({
        socket_timeout: 2,
        socket_connect_timeout: 2,
        ssl: true,
        ...BY_NAME,
      });
    expect(all.broker_url.split(';')[1]).toBe(
      'sentinel://sentinel-1.sentinel-headless.acme.svc.cluster.local:26380/0',
    );
  });

  test('keeps sentinels from plain text: among each other, to Redis, and to those who look into the pod', () => {
    const text: string = sealed().byKind('ConfigMap', 'sentinel-config').data['sentinel.conf'];
    const { initContainers, containers } = podOf('StatefulSet', 'sentinel')(sealed());
    const told = (c: Json) => [
      c.name,
      variable(c, 'REDIS_TLS'),
      c.volumeMounts.some((m: Json) => m.name === 'tls'),
    ];

    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        'port 0',
        'tls-replication yes',
        'tls-auth-clients yes',
        'unixsocket /run/redis/redis.sock',
      ]),
    );
    expect([...initContainers, ...containers].map(told)).toEqual([
      ['build-users', '/etc/redis-tls', true],
      ['find-primary', '/etc/redis-tls', true],
      ['sentinel', '/etc/redis-tls', true],
      ['users', '/etc/redis-tls', true],
    ]);
  });

  test('gives KEDA the certificates for sentinels and Redis', () => {
    const { configMapTargetRef, secretTargetRef } = sealed().byKind(
      'TriggerAuthentication',
      'redis-scaler',
    ).spec;

    expect([...configMapTargetRef, ...secretTargetRef].map(({ parameter }) => parameter)).toEqual([
      'username',
      'sentinelUsername',
      'tls',
      'password',
      'sentinelPassword',
      'ca',
      'cert',
      'key',
    ]);
  });
});

describe('an external Redis', () => {
  const all: Required<Omit<External, 'topology' | 'maxClients' | 'databases'>> = {
    host: 'redis.example.com',
    port: 6390,
    cidrs: ['10.9.0.7/32', '10.9.0.8/32'],
    username: 'app',
    prefix: 'ours:',
    database: 5,
    alsoCache: true,
    tls: { secret: 'their-authority' },
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
      alsoCache: [(o) => o.find('ConfigMap', 'redis-rules'), undefined, undefined], // stalk acl prints them
      tls: [
        (o) => [
          settings(o).broker_url.replace(/:\/\/[^?]*/, ''),
          podOf('Deployment', 'worker-default')(o).volumes.find((v: Json) => v.name === 'redis-tls')?.secret,
        ],
        [
          'rediss?ssl_cert_reqs=required&ssl_check_hostname=true&ssl_ca_certs=/etc/stalk/tls/ca.crt',
          { secretName: 'their-authority', items: [{ key: 'ca.crt', path: 'ca.crt' }], defaultMode: 0o440 },
        ],
        ['redis', undefined],
      ],
    },
    once(() => synth(tenantOf({ broker: { topology: 'external', ...all } }))),
    once(() => synth(tenantOf({ broker: minimal }))),
  );

  test('puts an IPv6 address into brackets, or its end would be a port', () => {
    const rendered = synth(tenantOf({ broker: { ...minimal, host: 'fd00::5' } }));

    expect(settings(rendered).broker_url).toBe('redis://[fd00::5]:6379/0');
  });

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
    rulesIn(broker('main', plain, [tenantOf({ broker: { shared: 'main', ...use } })]));
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

  test('that also caches may run all commands on data of its own; none that shows or deletes all keys', () => {
    const words = (rules({ alsoCache: true })['acme'] ?? '').split(' ');

    expect(words).toEqual(expect.arrayContaining(['+@string', '+@stream', '-@dangerous', '+eval']));
    expect(rules({})['acme']).not.toContain('@string');
    expect(words.filter((word: string) => /@all|@read|@keyspace|scan|flush|keys$|info$/.test(word))).toEqual([
      'resetkeys',
      '-@all',
      '+client|info',
    ]);
  });

  test('gives the same to its web, and nothing more to the autoscaler', () => {
    const { 'acme-web': web, 'acme-scaler': scaler } = rules({ alsoCache: true });

    expect(web).toContain('+@string');
    expect(scaler).toBe(rules({})['acme-scaler']);
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
      'crew-web',
      'crew-scaler',
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
      const { crew } = rulesIn(broker('main', plain, list));
      expect(crew.split(' ')).toEqual(expect.arrayContaining(['+@hash', '+hsetnx', '+pttl']));
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
