import type { Environment, ResolvedTenant, Tenant } from '../../lib/spec';
import { defaults } from '../../lib/spec/defaults';
import { physicalQueue, queueBase } from '../../lib/spec/isolation';
import { inEnvironment, livesIn, resolve } from '../../lib/spec/resolve';
import { resolveEnvironment } from '../../lib/spec/resolve-environment';
import { check } from '../../lib/spec/rules';
import { bytes } from '../../lib/spec/units';
import { environment, environmentWith, tenant, tenantWith } from './helpers';
import type { Change } from './helpers';

const resolved = (change: Change = {}, where: Environment = environment): ResolvedTenant =>
  resolve(inEnvironment(tenantWith(change), where), resolveEnvironment(where));

const pool = (change: Change = {}, where?: Environment) => {
  const [first] = resolved({ workers: { default: change } }, where).workers;
  if (first === undefined) throw new Error('the tenant has a pool');
  return first;
};

describe('the order of layers', () => {
  const where = environmentWith({ defaults: { worker: { concurrency: 4 } } });

  test('begins with the defaults', () => {
    expect(pool().concurrency).toBe(defaults.worker.concurrency);
  });

  test('lays the environment over the defaults', () => {
    expect(pool({}, where).concurrency).toBe(4);
  });

  test("lays the environment over a dedicated broker's defaults, its place and prefix too", () => {
    const placed = environmentWith({ defaults: { redis: { database: 3, prefix: 'app:' } } });

    const { broker } = resolved({ broker: { topology: 'standalone' } }, placed);

    expect(broker).toMatchObject({ database: 3, prefix: 'app:' });
  });

  test('lays the tenant over the environment', () => {
    expect(pool({ concurrency: 6 }, where).concurrency).toBe(6);
  });

  test("lays the tenant's overlay over the tenant, in its environment only", () => {
    const overlaid = {
      workers: { default: { concurrency: 6 } },
      overlays: { dev: { workers: { default: { concurrency: 8 } } } },
    };

    expect(resolved(overlaid, where).workers[0]?.concurrency).toBe(8);
    expect(resolved(overlaid, { ...where, name: 'production' }).workers[0]?.concurrency).toBe(6);
  });

  test('lets an overlay bring one half of a size', () => {
    const { memory } = pool({ memory: { limit: '1Gi' } }).resources;

    expect(memory).toEqual({ request: defaults.worker.memory.request, limit: '1Gi' });
  });

  test('lets an overlay take away a pool, beat and a cache', () => {
    const { workers, beat, cache } = resolved({
      workers: { more: { queues: ['more'] } },
      beat: {},
      cache: {},
      overlays: { dev: { workers: { more: false }, beat: false, cache: false } },
    });

    expect([workers.map(({ name }) => name), beat, cache]).toEqual([['default'], undefined, undefined]);
  });
});

describe('a worker pool', () => {
  test.each([
    ['60s', { hard: 60, soft: 55, grace: 90 }],
    ['30m', { hard: 1800, soft: 1650, grace: 1830 }],
    ['2s', { hard: 2, soft: 1, grace: 32 }],
    [
      { hard: '60s', soft: '30s' },
      { hard: 60, soft: 30, grace: 90 },
    ],
    [{ hard: '2m' }, { hard: 120, soft: 110, grace: 150 }],
  ])('with timeLimit %j has the limits %j', (timeLimit, times) => {
    expect(pool({ timeLimit })).toMatchObject(times);
  });

  test('uses one quantity for request and limit', () => {
    expect(pool({ cpu: '500m', memory: '1Gi' }).resources).toMatchObject({
      cpu: { request: '500m', limit: '500m' },
      memory: { request: '1Gi', limit: '1Gi' },
    });
  });

  test('cools down for its grace period, at least five minutes', () => {
    const cooldown = (timeLimit: string) =>
      pool({ timeLimit, scaling: { min: 0, max: 2, queueLength: 5 } }).scaling;

    expect(cooldown('30m')).toMatchObject({ cooldownSeconds: 1830 });
    expect(cooldown('60s')).toMatchObject({ cooldownSeconds: 300 });
  });

  test('has one process where it is solo', () => {
    expect(pool({ pool: 'solo' }).concurrency).toBe(1);
  });
});

describe('the visibility timeout', () => {
  test('is the longest delay, a task for each message taken ahead, and the grace', () => {
    expect(resolved().visibilityTimeout).toBe(3600 + 1800 + 1830);
    expect(resolved({ workers: { default: { prefetch: 4 } } }).visibilityTimeout).toBe(
      3600 + 4 * 1800 + 1830,
    );
  });

  test('follows the pool where it is most', () => {
    const { visibilityTimeout } = resolved({
      longestDelay: '10m',
      workers: { default: { timeLimit: '60s' }, slow: { queues: ['slow'], timeLimit: '2h' } },
    });

    expect(visibilityTimeout).toBe(600 + 7200 + 7230);
  });

  test.each(['threads', 'gevent', 'solo'])('follows the longest task of a pool of %s', (kind) => {
    const { workers, visibilityTimeout } = resolved({
      workers: { default: { pool: kind, longestTask: '3h', scaling: { min: 0, max: 2, queueLength: 5 } } },
    });

    expect(workers[0]).toMatchObject({ hard: 10800, grace: 10830, scaling: { cooldownSeconds: 10830 } });
    expect(visibilityTimeout).toBe(3600 + 10800 + 10830);
  });

  test('counts the wait for a rate limit of all that a worker takes ahead', () => {
    const limited = (change: object) =>
      resolved({ longestDelay: '1s', workers: { default: { timeLimit: '4s', concurrency: 4 } }, ...change })
        .visibilityTimeout;

    expect(limited({})).toBe(39);
    expect(limited({ rateLimit: '2/m' })).toBe(39 + 120);
    expect(limited({ rateLimit: '7/s' })).toBe(39 + 1);
    expect(limited({ celery: { task_annotations: { 'a.b': { rate_limit: '10/h' } } } })).toBe(39 + 1440);
    expect(limited({ rateLimit: '1/m', celery: { task_annotations: [{ '*': { rate_limit: 5 } }] } })).toBe(
      39 + 240,
    );
    expect(limited({ rateLimit: '2/m', celery: { worker_disable_rate_limits: true } })).toBe(39);
  });

  test('is more than what a worker may take where nothing is ever delayed', () => {
    expect(resolved({ longestDelay: '0s' }).visibilityTimeout).toBe(1 + 1800 + 1830);
  });

  test('is the longest delay where nothing consumes', () => {
    expect(resolved({ workers: { default: false } }).visibilityTimeout).toBe(3600);
  });
});

describe('a broker', () => {
  test('is the only shared one by default, hybrid, with a prefix and queues of the tenant', () => {
    expect(resolved().broker).toMatchObject({
      kind: 'shared',
      name: 'main',
      namespace: 'broker-main',
      isolation: 'hybrid',
      prefix: 'tenant:acme:',
      queueBase: 'tenant-acme',
      database: 0,
      users: { worker: 'acme', web: 'acme-web', scaler: 'acme-scaler' },
    });
  });

  test.each([
    [{ isolation: 'queue' }, '', 'tenant-acme'],
    [{ isolation: 'prefix' }, 'tenant:acme:', undefined],
    [{ isolation: 'prefix', prefix: 'a:' }, 'a:', undefined],
    [{ isolation: 'queue', group: 'shops' }, 'tenant:shops:', 'tenant-acme'],
  ])('with %j has the prefix %p and the default queue %p', (place, prefix, base) => {
    const { broker } = resolved({ broker: { shared: 'main', ...place } });

    expect([broker.prefix, broker.queueBase]).toEqual([prefix, base]);
  });

  test('of a group belongs to the group', () => {
    const { users } = resolved({ broker: { shared: 'main', isolation: 'queue', group: 'shops' } }).broker;

    expect(users).toEqual({ worker: 'shops', web: 'shops-web', scaler: 'shops-scaler' });
  });

  test('of its own has no prefix and leaves queues their names', () => {
    const { broker, workers } = resolved({ broker: { topology: 'standalone' } });

    expect(broker).toMatchObject({ kind: 'dedicated', namespace: 'acme', prefix: '', isolation: 'none' });
    expect(workers[0]?.queues).toEqual(['celery']);
  });

  test.each([
    ['256Mi', Math.floor(bytes('256Mi') * 0.7)],
    [{ request: '1Gi', limit: '2Gi' }, Math.floor(bytes('2Gi') * 0.7)],
  ])('of %j gives Redis 70 %% of its limit: %d', (memory, maxmemory) => {
    expect(resolved({ broker: { topology: 'standalone', memory } }).broker.redis).toMatchObject({
      maxmemory,
    });
  });

  test.each([
    ['512Mi', '2Gi'],
    ['513Mi', '4Gi'],
    [{ request: '1Gi', limit: '8Gi' }, '32Gi'],
  ])(
    'of %j gives Redis a volume of %s: it does not change with each change of the memory',
    (memory, storage) => {
      expect(resolved({ broker: { topology: 'standalone', memory } }).broker.redis).toMatchObject({
        storage,
      });
      expect(resolved({ cache: { persistence: true, memory: '5Gi' } }).cache?.redis).toMatchObject({
        storage: '32Gi',
      });
    },
  );

  test('of somebody else has the user of somebody else', () => {
    const { broker } = resolved({
      broker: {
        topology: 'external',
        host: 'redis.example.com',
        cidrs: ['10.0.0.1/32'],
        username: 'acme-prod',
      },
    });

    expect(broker.users).toEqual({ worker: 'acme-prod', web: 'acme-prod', scaler: 'acme-prod' });
    expect(broker.redis).toEqual({
      topology: 'external',
      host: 'redis.example.com',
      port: 6379,
      cidrs: ['10.0.0.1/32'],
      maxClients: 10_000,
      databases: 16,
    });
  });

  test('keeps other things of a paperless app', () => {
    const app = { dialect: 'paperless', image: 'ngx:3', module: 'paperless' };

    expect(resolved({ app }).broker.alsoCache).toBe(true);
    expect(resolved().broker.alsoCache).toBe(false);
  });

  test.each([
    { env: { REDIS_URL: { from: 'broker.url' } } },
    { env: { REDIS_PASSWORD: { from: 'broker.password' } } },
    { workers: { default: { queues: ['celery'], env: { REDIS_URL: { from: 'broker.url' } } } } },
    { web: { command: ['serve'], port: 8000, env: { REDIS_URL: { from: 'broker.url' } } } },
    { beat: { env: { REDIS_URL: { from: 'broker.url' } } } },
    { migrate: { command: ['migrate'], env: { REDIS_URL: { from: 'broker.url' } } } },
  ])('keeps other things where its URL or password is asked for: %j', (change) => {
    expect(resolved(change).broker.alsoCache).toBe(true);
  });

  test('is for Celery alone where only facts without a password are asked for', () => {
    const env = {
      HOST: { from: 'broker.host' },
      USER: { from: 'broker.user' },
      CELERY: { from: 'broker.celeryUrl' },
    };

    expect(resolved({ env }).broker.alsoCache).toBe(false);
  });

  test('with replicas has the storage class of the environment', () => {
    const { redis } = resolved({ broker: { topology: 'replicated', replicas: 2 } }).broker;

    expect(redis).toMatchObject({
      topology: 'replicated',
      replicas: 2,
      storageClass: 'fast',
      storage: '2Gi',
    });
  });
});

describe('the names of queues', () => {
  test.each([
    [undefined, 'celery', 'celery'],
    ['tenant-acme', 'celery', 'tenant-acme'],
    ['tenant-acme', 'reports', 'tenant-acme.reports'],
    ['tenant-acme', 'tenant-acme', 'tenant-acme'],
    ['tenant-acme', 'tenant-acme.reports', 'tenant-acme.reports'],
  ])('with base %p, %s is %s on the broker', (base, queue, physical) => {
    expect(physicalQueue(base, queue)).toBe(physical);
  });

  test('say tenant once', () => {
    expect([queueBase('001'), queueBase('tenant-001')]).toEqual(['tenant-001', 'tenant-001']);
  });

  test('of a pool that serves a group are those of each of its tenants', () => {
    const { workers } = resolved({
      broker: { shared: 'main', isolation: 'queue', group: 'shops' },
      workers: { default: false, all: { serves: ['001', 'shop-2'], queues: ['celery', 'mail'] } },
    });

    expect(workers[0]?.queues).toEqual([
      'tenant-001',
      'tenant-001.mail',
      'tenant-shop-2',
      'tenant-shop-2.mail',
    ]);
    expect(workers[0]?.serves).toEqual(['tenant-001', 'tenant-shop-2']);
  });
});

describe('the rest of a tenant', () => {
  test('has its defaults', () => {
    expect(resolved()).toMatchObject({
      namespace: 'acme',
      delivery: 'at-least-once',
      deliveryLimit: 5,
      results: { backend: 'redis', database: 0, expires: 86_400, extended: false, trackStarted: false },
      messages: { serializer: 'json', accept: ['json'] },
      connections: { pool: 10, connectTimeout: 5, timeout: 30 },
      credentialsVersion: '1',
      app: { user: 10001, configMap: 'app-config', logLevel: 'info' },
    });
  });

  test('keeps results in the database of its broker', () => {
    expect(resolved({ broker: { shared: 'main', database: 3 } }).results.database).toBe(3);
    expect(resolved({ results: { database: 1 } }).results.database).toBe(1);
  });

  test('reads pickle where it writes pickle', () => {
    expect(resolved({ messages: { serializer: 'pickle' } }).messages.accept).toEqual(['json', 'pickle']);
  });

  test('keeps a Celery setting that is false', () => {
    expect(resolved({ celery: { worker_hijack_root_logger: false } }).celery).toEqual({
      worker_hijack_root_logger: false,
    });
  });

  test('has a cache that may evict and forgets, unless it is to persist', () => {
    expect(resolved({ cache: {} }).cache?.redis).toMatchObject({ eviction: 'allkeys-lru' });
    expect(resolved({ cache: {} }).cache?.redis).not.toHaveProperty('storage');
    expect(resolved({ cache: { persistence: true } }).cache?.redis).toMatchObject({ storage: '1Gi' });
  });

  test('gives its volumes the storage class of the environment', () => {
    const { volumes } = resolved({ app: { volumes: { data: { path: '/data', size: '1Gi' } } } }).app;

    expect(volumes).toEqual({
      data: { path: '/data', size: '1Gi', access: 'ReadWriteOnce', storageClass: 'fast' },
    });
  });
});

describe('an environment', () => {
  test('has its defaults', () => {
    const { disposable, clusterDomain, pullPolicy, peers } = resolveEnvironment(environment);

    expect([disposable, clusterDomain, pullPolicy]).toEqual([false, 'cluster.local', 'IfNotPresent']);
    expect(peers).toEqual({
      dns: { namespace: { 'kubernetes.io/metadata.name': 'kube-system' }, pods: { 'k8s-app': 'kube-dns' } },
    });
  });

  test('has the tenants that live in it', () => {
    const home = (environments: readonly string[]): Tenant => ({ ...tenant, environments });

    expect([tenant, home(['dev']), home(['production'])].map((one) => livesIn(one, environment))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('checks and resolves its tenants in the order of the list', () => {
    const names = ['zeta', 'alpha', 'mid'];

    const { tenants, problems } = check(
      names.map((name) => ({ ...tenant, name })),
      environment,
    );

    expect(problems).toEqual([]);
    expect(tenants.map(({ name }) => name)).toEqual(names);
    expect(tenants[0]).toEqual(resolve({ ...tenant, name: 'zeta' }, resolveEnvironment(environment)));
  });
});
