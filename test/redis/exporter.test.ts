// redis_exporter beside each Redis, cache and sentinel of an environment that is watched.

import type { Environment, Exporter, Monitoring, Redis } from '../../lib/spec';
import { PROMETHEUS } from '../observe/environments';
import { mainOf, once, podOf, range, reaches, variable } from '../support/props';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const monitored = (monitoring: Partial<Monitoring> = {}, under: Environment = plain): Environment => ({
  ...under,
  peers: { ...under.peers, prometheus: PROMETHEUS },
  monitoring: { kind: 'operator', namespace: 'monitoring', ...monitoring },
});

const own = (asked: Redis, environment: Environment = monitored()): Synth =>
  synth(tenantOf({ broker: asked, cache: {} }), environment);

const ofPod = (objects: Synth, set: string, name = 'exporter'): Json => {
  const { initContainers, containers } = podOf('StatefulSet', set)(objects);
  return [...initContainers, ...containers].find((one: Json) => one.name === name);
};

const STANDALONE = { topology: 'standalone' } as const;
const SEALED = { ...STANDALONE, tls: { secret: 'certificates' } } as const;
const PLAIN = 'redis://127.0.0.1:6379';
const SOCKET = 'unix:///run/exporter/redis.sock';

describe.each<[string, Redis, Readonly<Record<string, string>>]>([
  ['one Redis and a cache', STANDALONE, { redis: PLAIN, cache: PLAIN }],
  [
    'a primary and replicas',
    { topology: 'replicated', replicas: 2 },
    { redis: PLAIN, 'redis-replica': PLAIN },
  ],
  [
    'a broker with sentinels',
    { topology: 'sentinel', replicas: 2 },
    { redis: PLAIN, sentinel: 'redis://127.0.0.1:26379' },
  ],
  [
    'sentinels with certificates',
    { topology: 'sentinel', replicas: 2, tls: { secret: 'certificates' } },
    { redis: SOCKET, sentinel: SOCKET },
  ],
  ['a Redis with certificates', SEALED, { redis: SOCKET, cache: PLAIN }],
  [
    'replicas with certificates',
    { topology: 'replicated', replicas: 1, tls: { secret: 'certificates' } },
    { redis: SOCKET, 'redis-replica': SOCKET },
  ],
])('redis_exporter beside %s', (_, asked, addresses) => {
  const objects = once(() => own(asked));

  test.each(Object.entries(addresses))(
    '%s: asks at %s, as a user whose password is there',
    (set, address) => {
      const told = ofPod(objects(), set).env;
      const made = ofPod(objects(), set, 'build-users').env;

      expect(told).toEqual([
        { name: 'REDIS_ADDR', value: address },
        { name: 'REDIS_PASSWORD_FILE', value: '/run/exporter/passwords' },
        { name: 'REDIS_USER', value: 'exporter' },
        { name: 'REDIS_EXPORTER_CONFIG_COMMAND', value: '-' },
        { name: 'REDIS_EXPORTER_CONNECTION_TIMEOUT', value: '3s' },
        { name: 'REDIS_EXPORTER_EXCLUDE_LATENCY_HISTOGRAM_METRICS', value: 'true' },
        { name: 'REDIS_EXPORTER_REDIS_ONLY_METRICS', value: 'true' },
      ]);
      expect(made).toEqual(
        expect.arrayContaining([...told.slice(0, 2), expect.objectContaining({ name: 'EXPORTER_RULES' })]),
      );
    },
  );

  test.each(Object.keys(addresses))('%s: serves metrics, and is as closed as every container', (set) => {
    const exporter = ofPod(objects(), set);

    expect(exporter.ports).toEqual([{ name: 'metrics', containerPort: 9121, protocol: 'TCP' }]);
    expect(exporter.securityContext).toEqual(ofPod(objects(), set, 'users').securityContext);
    expect(exporter.volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'exporter', mountPath: '/run/exporter', readOnly: true },
    ]);
    expect(Object.keys(exporter).filter((key) => /Probe$|^command$|^args$/.test(key))).toEqual([]);
  });
});

test('a Redis with certificates makes its socket where redis_exporter sees it, and nothing else of its pod', () => {
  const objects = own(SEALED);
  const socket = (of: Synth): Json =>
    /^unixsocket .*$/m.exec(of.byKind('ConfigMap', 'redis-config').data['redis.conf'])?.[0];
  const mounts = (name: string): Json =>
    ofPod(objects, 'redis', name).volumeMounts.map((m: Json) => m.mountPath);

  expect(socket(objects)).toBe('unixsocket /run/exporter/redis.sock');
  for (const name of ['redis', 'users', 'build-users']) expect(mounts(name)).toContain('/run/exporter');
  expect(socket(own(SEALED, plain))).toBe('unixsocket /run/redis/redis.sock');
});

test('a Redis in plain text has no part in that folder', () => {
  const paths = mainOf('StatefulSet', 'redis')(own(STANDALONE)).volumeMounts.map((m: Json) => m.mountPath);

  expect(paths).not.toContain('/run/exporter');
});

test('the password lies in memory', () => {
  const { volumes } = podOf('StatefulSet', 'redis')(own(STANDALONE));

  expect(volumes).toContainEqual({ name: 'exporter', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
});

test('no Service leads to it', () => {
  const services = own({ topology: 'sentinel', replicas: 2 }).all.filter(({ kind }) => kind === 'Service');

  expect(services.flatMap(({ spec }) => spec.ports.map(({ port }: Json) => port))).not.toContain(9121);
});

test('it runs as whom the cluster says, where that assigns users', () => {
  const objects = own(STANDALONE, monitored({}, { ...plain, assignedUsers: true }));

  expect(podOf('StatefulSet', 'redis')(objects).securityContext.runAsUser).toBeUndefined();
  expect(ofPod(objects, 'redis').securityContext.runAsUser).toBeUndefined();
});

test('its pods are found by annotations where that is how the environment is watched', () => {
  const annotationsIn = (environment: Environment): Json =>
    own(STANDALONE, environment).byKind('StatefulSet', 'redis').spec.template.metadata.annotations ?? {};

  expect(annotationsIn(monitored({ kind: 'annotations' }))).toMatchObject({
    'prometheus.io/scrape': 'stalk',
    'prometheus.io/port': '9121',
  });
  expect(annotationsIn(monitored())).not.toHaveProperty(['prometheus.io/scrape']);
});

test('the quota of a namespace has room for it, twice as for all else', () => {
  const quotas = ['64Mi', '164Mi'].map((limit) => {
    const environment = monitored({ redisExporter: { memory: { request: '32Mi', limit: limit as '64Mi' } } });
    return broker('main', environment, [tenantOf()]).byKind('ResourceQuota', 'tenant').spec.hard;
  });

  const [usual, larger] = quotas.map((hard) => Number.parseInt(hard['limits.memory'], 10));
  expect(Number(larger) - Number(usual)).toBe(200);
});

test('a broker that somebody else runs gets none', () => {
  const external = { topology: 'external', host: 'redis.example.com', cidrs: ['10.9.0.7/32'] } as const;
  const objects = synth(tenantOf({ broker: external }), monitored());

  expect(JSON.stringify(objects.all)).not.toMatch(/redis_exporter|EXPORTER_RULES/);
});

test.each<[string, Redis]>([
  ['one Redis and its cache', STANDALONE],
  ['a Redis with certificates', SEALED],
  ['a broker with sentinels', { topology: 'sentinel', replicas: 2 }],
])('without monitoring, %s has no trace of it', (_, asked) => {
  const pods = own(asked, plain).all.filter(({ kind }) => kind === 'StatefulSet');

  expect(JSON.stringify(pods)).not.toMatch(/exporter|9121|REDIS_ADDR/);
});

describe('the exporter of a Redis', () => {
  const full = once(() =>
    own(
      STANDALONE,
      monitored({
        redisExporter: {
          image: 'mirror/redis_exporter:v1.70.0',
          cpu: { request: '20m', limit: '150m' },
          memory: { request: '40Mi', limit: '96Mi' },
        },
      }),
    ),
  );

  reaches<Required<Exporter>>(
    {
      image: [
        (o) => ofPod(o, 'redis').image,
        'mirror/redis_exporter:v1.70.0',
        'oliver006/redis_exporter:v1.69.0',
      ],
      cpu: [(o) => range(ofPod(o, 'redis'), 'cpu'), '20m/150m', '10m/100m'],
      memory: [(o) => range(ofPod(o, 'cache'), 'memory'), '40Mi/96Mi', '32Mi/64Mi'],
    },
    full,
    once(() => own(STANDALONE)),
  );

  test('comes from the registry of the environment', () => {
    const objects = own(STANDALONE, monitored({}, { ...plain, registry: 'registry.example.com' }));

    expect(ofPod(objects, 'redis').image).toBe('registry.example.com/oliver006/redis_exporter:v1.69.0');
  });
});

describe('its user', () => {
  const rules = (set: string): string =>
    variable(ofPod(own({ topology: 'sentinel', replicas: 1 }), set, 'build-users'), 'EXPORTER_RULES');

  test('asks a Redis how it is, and nothing about keys, clients or configuration', () => {
    expect(rules('redis')).toBe(
      'resetkeys resetchannels -@all +info +client|setname +latency|latest +slowlog|len +slowlog|get',
    );
  });

  test('asks a sentinel who is the primary and who agrees', () => {
    expect(rules('sentinel')).toBe(
      'resetkeys resetchannels -@all +info +client|setname +sentinel|masters +sentinel|ckquorum +sentinel|sentinels +sentinel|slaves',
    );
  });

  test('has no password in a Secret', () => {
    const literal = { ...plain, disposable: true, secrets: { strategy: 'literal' } } as const;
    const objects = own(STANDALONE, monitored({}, literal));

    expect(Object.keys(objects.byKind('Secret', 'redis-users').stringData)).not.toContain('exporter');
    expect(JSON.stringify(objects.byKind('ConfigMap', 'redis-rules').data)).not.toContain('exporter');
  });
});
