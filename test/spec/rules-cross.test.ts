import type { Tenant } from '../../lib/spec';
import { environment, environmentWith, saysOf, tenantWith } from './helpers';
import type { Change } from './helpers';

const named = (name: string, change: Change = {}): Tenant => tenantWith({ name, ...change });
const placed = (name: string, place: object, change: Change = {}): Tenant =>
  named(name, { broker: { shared: 'main', ...place }, ...change });
const grouped = (name: string, change: Change = {}): Tenant =>
  placed(name, { isolation: 'queue', group: 'shops' }, change);

/** A tenant without a pool of its own. */
const idle = { workers: { default: false } };
const serving = (...names: string[]): Tenant =>
  grouped('shop-1', { workers: { default: false, all: { serves: names } } });
const beat = { beat: {} };

const watched = (maxClients: number): Tenant =>
  named('acme', {
    broker: { topology: 'standalone', maxClients },
    workers: { default: { scaling: { min: 0, max: 1, queueLength: 5 } } },
  });

interface CrossRow {
  readonly rule: string;
  readonly tenants: readonly Tenant[];
  readonly says: string | readonly string[];
  readonly held: readonly Tenant[];
  readonly where?: Change;
}

const ROWS: readonly CrossRow[] = [
  {
    rule: 'names of tenants are unique',
    tenants: [named('acme'), named('acme')],
    says: 'name must be of one tenant only, got "acme" again; rename one of the two, or remove it from the list',
    held: [named('acme'), named('acme', { environments: ['production'] })],
  },
  {
    rule: 'a tenant is not the namespace of a broker',
    tenants: [named('broker-main')],
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "broker-main"; choose another name',
    held: [named('brokers-main')],
  },
  {
    rule: 'Redis users are those of one tenant',
    tenants: [named('acme'), named('acme-web')],
    says: 'name must leave the Redis user "acme-web" of broker "main" to tenant "acme", got "acme-web"; choose another name',
    held: [named('acme'), named('acme-website')],
  },
  {
    rule: 'Redis users are those of one tenant',
    tenants: [grouped('shop-1'), placed('shops', { prefix: 's:' })],
    says: 'name must leave the Redis user "shops" of broker "main" to group "shops", got "shops"; choose another name',
    held: [grouped('shop-1'), named('shops', { broker: { topology: 'standalone' } })],
  },
  {
    rule: 'prefixes are apart',
    tenants: [placed('acme', { prefix: 'acme:' }), placed('globex', { prefix: 'acme:' })],
    says: 'broker.prefix must not begin with the prefix "acme:" of tenant "acme" on broker "main", which would reach its keys, got "acme:"; choose another prefix for one of them',
    held: [placed('acme', { prefix: 'acme:' }), placed('globex', { prefix: 'acme-2:' })],
  },
  {
    rule: 'prefixes are apart',
    tenants: [
      placed('inner', { prefix: 'acme:eu:', database: 3 }),
      placed('between', { prefix: 'acme:b:' }),
      placed('outer', { prefix: 'acme:' }),
    ],
    says: [
      'broker.prefix must not begin with the prefix "acme:" of tenant "outer" on broker "main", which would reach its keys, got "acme:b:"; choose another prefix for one of them',
      'broker.prefix must not begin with the prefix "acme:" of tenant "outer" on broker "main", which would reach its keys, got "acme:eu:"; choose another prefix for one of them',
    ],
    held: [placed('inner', { prefix: 'acme:eu:' }), placed('outer', { prefix: 'acme:us:' })],
  },
  {
    rule: 'prefixes are apart',
    tenants: [grouped('shop-1'), placed('globex', { prefix: 'tenant:shops:' })],
    says: 'broker.prefix must not begin with the prefix "tenant:shops:" of group "shops" on broker "main", which would reach its keys, got "tenant:shops:"; choose another prefix for one of them',
    held: [grouped('shop-1'), grouped('shop-2')],
  },
  {
    rule: 'prefixes are apart from queues',
    tenants: [placed('acme', { isolation: 'queue' }), placed('globex', { prefix: 'tenant-acme.x:' })],
    says: 'broker.prefix must not begin with "tenant-acme.", as the queues of tenant "acme" on broker "main" do, got "tenant-acme.x:"; choose another prefix',
    held: [placed('acme', { isolation: 'queue' }), placed('globex', { prefix: 'tenant-acme:' })],
  },
  {
    rule: 'prefixes are apart from queues',
    tenants: [
      placed('acme', { isolation: 'queue' }, { priorities: { separator: ':' } }),
      placed('globex', { prefix: 'tenant-acme:' }),
    ],
    says: 'broker.prefix must not begin with "tenant-acme:", as the queues of tenant "acme" on broker "main" do, got "tenant-acme:"; choose another prefix',
    held: [
      placed('acme', { isolation: 'queue' }, { priorities: { separator: ':' } }),
      placed('globex', { prefix: 'tenant-acme-x:' }),
    ],
  },
  {
    rule: 'a group has one row of priorities',
    tenants: [grouped('shop-1'), grouped('shop-2', { priorities: { steps: [0, 5] } })],
    says: 'priorities must be {"steps":[0,3,6,9],"separator":"\\u0006\\u0016"} like those of tenant "shop-1", as one pool may serve a group, got {"steps":[0,5],"separator":"\\u0006\\u0016"}; write the same priorities in all of them, or none',
    held: [
      grouped('shop-1', { priorities: { steps: [0, 5] } }),
      grouped('shop-2', { priorities: { steps: [0, 5] } }),
    ],
  },
  {
    rule: 'queues are those of one tenant',
    tenants: [placed('001', { isolation: 'queue' }), placed('tenant-001', { isolation: 'queue' })],
    says: 'name must give queues other names than those of tenant "001" on broker "main", got "tenant-001", whose queues begin with "tenant-001" as well; rename one of them, or use isolation "hybrid" for both',
    held: [placed('001', { isolation: 'hybrid' }), placed('tenant-001', { isolation: 'hybrid' })],
  },
  {
    rule: 'a group has one prefix',
    tenants: [grouped('shop-1'), placed('shop-2', { isolation: 'queue', group: 'shops', prefix: 'shops:' })],
    says: 'broker.prefix must be "tenant:shops:" like that of tenant "shop-1", as a group has one, got "shops:"; write the same prefix in all of them, or none',
    held: [
      placed('shop-1', { isolation: 'queue', group: 'shops', prefix: 'shops:' }),
      placed('shop-2', { isolation: 'queue', group: 'shops', prefix: 'shops:' }),
    ],
  },
  {
    rule: 'a group has one beat',
    tenants: [grouped('shop-1', beat), grouped('shop-2', beat)],
    says: 'beat must be in one tenant of group "shops" only, and tenant "shop-1" has it: two send every task twice, got another; write its schedule in tenant "shop-1"',
    held: [grouped('shop-1', beat), grouped('shop-2')],
  },
  {
    rule: 'a pool serves tenants that there are',
    tenants: [serving('shop-1', 'shop-3')],
    says: 'workers.all.serves[1] must be a tenant of this environment, got "shop-3"; the group has "shop-1"',
    held: [serving('shop-1', 'shop-2'), grouped('shop-2', idle)],
  },
  {
    rule: 'a pool serves its group',
    tenants: [serving('shop-1', 'shop-2'), named('shop-2')],
    says: 'workers.all.serves[1] must be a tenant of group "shops" on broker "main", got "shop-2"; the group has "shop-1"',
    held: [serving('shop-1', 'shop-2'), grouped('shop-2')],
  },
  {
    rule: 'a pool holds delays as long as those of its tenants',
    tenants: [serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, longestDelay: '2h' })],
    says: 'longestDelay must be at most "1h" like that of tenant "shop-1", whose pool "all" runs its tasks, got "2h"; raise longestDelay of tenant "shop-1"',
    held: [serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, longestDelay: '30m' })],
  },
  {
    rule: 'a pool has one rate limit',
    tenants: [serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, rateLimit: '2/m' })],
    says: 'rateLimit must be that of tenant "shop-1", whose pool "all" runs its tasks, or be left out, got "2/m"; write it in tenant "shop-1"',
    held: [
      { ...serving('shop-1', 'shop-2'), rateLimit: '2/m' },
      grouped('shop-2', { ...idle, rateLimit: '2/m' }),
    ],
  },
  {
    rule: 'a pool serves one app',
    tenants: [serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, app: { module: 'other' } })],
    says: 'workers.all.serves[1] must run the app "acme.tasks" of dialect "celery", as one worker runs one app, got "shop-2"; the group has "shop-1", "shop-2"',
    held: [serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, app: { image: 'acme/jobs:2.4.2' } })],
  },
  {
    rule: 'tasks have a worker',
    tenants: [named('acme', idle)],
    says: 'workers must hold a pool, unless a pool of its group serves the tenant: nobody would run its tasks, got nothing; write workers: { default: { queues: [\'celery\'] } }, or write consumedElsewhere: ["celery"] if a program outside Stalk consumes it',
    held: [
      named('acme', {
        ...idle,
        broker: { topology: 'external', host: 'redis', cidrs: ['10.0.0.1/32'], username: 'acme' },
      }),
    ],
  },
  {
    rule: 'tasks have a worker',
    tenants: [serving('shop-1'), grouped('shop-2', idle)],
    says: 'workers must hold a pool, unless a pool of its group serves the tenant: nobody would run its tasks, got nothing; write workers: { default: { queues: [\'celery\'] } }, or write consumedElsewhere: ["celery"] if a program outside Stalk consumes it',
    held: [serving('shop-1', 'shop-2'), grouped('shop-2', idle)],
  },
  {
    rule: 'the default queue has a worker',
    tenants: [placed('acme', { isolation: 'queue' }, { workers: { default: { queues: ['mail'] } } })],
    says: 'workers must consume "celery", the default queue, to which every task without a route goes, got the queues "mail"; add "celery" to the queues of a pool, or write consumedElsewhere: ["celery"] if a program outside Stalk consumes it',
    held: [
      placed(
        'acme',
        { isolation: 'queue' },
        { workers: { default: { queues: ['mail'] }, more: { queues: ['celery'] } } },
      ),
    ],
  },
  {
    rule: 'the default queue has a worker',
    tenants: [placed('acme', { isolation: 'prefix' }, { celery: { task_default_queue: 'mail' } })],
    says: 'celery.task_default_queue must be a queue that a pool consumes, got "mail"; add "mail" to the queues of a pool, or write consumedElsewhere: ["mail"] if a program outside Stalk consumes it',
    held: [placed('acme', { isolation: 'prefix' }, { celery: { task_default_queue: 'celery' } })],
  },
  {
    rule: 'scheduled queues have a worker',
    tenants: [
      named('acme', { beat: { schedule: { nightly: { task: 'a.b', every: '1h', queue: 'reports' } } } }),
    ],
    says: 'beat.schedule.nightly.queue must be a queue that a pool consumes, got "reports"; add "reports" to the queues of a pool, use one of "celery", or write consumedElsewhere: ["reports"] if a program outside Stalk consumes it',
    held: [named('acme', { beat: { schedule: { nightly: { task: 'a.b', every: '1h', queue: 'celery' } } } })],
  },
  {
    rule: 'routed queues have a worker',
    tenants: [named('acme', { celery: { task_routes: { 'mail.*': { queue: 'mail' } } } })],
    says: 'celery.task_routes["mail.*"].queue must be a queue that a pool consumes, got "mail"; add "mail" to the queues of a pool, use one of "celery", or write consumedElsewhere: ["mail"] if a program outside Stalk consumes it',
    held: [
      named('acme', {
        celery: { task_routes: { 'mail.*': { queue: 'mail' }, add: { queue: 'celery' } } },
        beat: { schedule: { nightly: { task: 'mail.nightly', every: '1h', queue: 'mail' } } },
        consumedElsewhere: ['mail'],
      }),
      named('globex', { workers: false, consumedElsewhere: ['celery'] }),
    ],
  },
  {
    rule: 'a broker has connections for its tenant',
    tenants: [
      named('acme', {
        broker: { topology: 'standalone', maxClients: 51 },
        workers: { default: { concurrency: 2, replicas: 1 } },
        ...beat,
        web: { command: ['serve'], port: 8000, scaling: { min: 1, max: 2, utilization: 70 } },
        flower: { auth: { secret: 'flower', key: 'auth' } },
      }),
    ],
    says: 'broker.maxClients must be at least 52 for the connections of its clients (most: flower 25, workers.default 12, web 12), got 51; raise maxClients, or lower replicas, concurrency, processes and threads',
    held: [
      named('acme', {
        broker: { topology: 'standalone', maxClients: 52 },
        ...beat,
        web: { command: ['serve'], port: 8000, scaling: { min: 1, max: 2, utilization: 70 } },
        flower: { auth: { secret: 'flower', key: 'auth' } },
      }),
    ],
  },
  {
    rule: 'a broker has connections for KEDA, which has some for each list of a pool',
    tenants: [watched(16)],
    says: 'broker.maxClients must be at least 24 for the connections of its clients (most: workers.default 12, workers.default.scaling 12), got 16; raise maxClients, or lower replicas, concurrency, processes and threads',
    held: [watched(24)],
    where: { peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } } } },
  },
  {
    rule: 'a broker has connections for every thread of its tenant’s web side',
    tenants: [
      named('acme', {
        broker: { topology: 'standalone', maxClients: 60 },
        web: { command: ['gunicorn', 'acme', '--workers', '4', '--threads=8'], port: 8000, replicas: 2 },
      }),
    ],
    says: 'broker.maxClients must be at least 300 for the connections of its clients (most: web 288, workers.default 12), got 60; raise maxClients, or lower replicas, concurrency, processes and threads',
    held: [
      named('acme', {
        broker: { topology: 'standalone', maxClients: 156 },
        web: { command: ['gunicorn', 'acme'], processes: 2, threads: 8, port: 8000, replicas: 2 },
      }),
    ],
  },
  {
    rule: 'a shared broker has connections for its tenants',
    tenants: [named('a'), named('b', { workers: { default: { replicas: 3 } } }), named('c'), named('d')],
    says: 'brokers.main.maxClients must be at least 72 for the connections of its clients (most: b 36, a 12, c 12), got 60; raise maxClients, or give a large tenant a broker of its own',
    held: [named('a'), named('b', { workers: { default: { replicas: 3 } } }), named('c')],
    where: { brokers: { main: { maxClients: 60 } } },
  },
];

describe('a rule across tenants', () => {
  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ tenants, says, where = {} }) => {
    const found = saysOf(tenants, environmentWith(where));

    expect(found).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule', ({ held, where = {} }) => {
    const found = saysOf(held, environmentWith(where));

    expect(found).toEqual([]);
  });

  test('is not asked about a tenant whose form is wrong', () => {
    const found = saysOf([serving('shop-1', 'shop-2'), grouped('shop-2', { ...idle, rateLimit: 'slow' })]);

    expect(found).toEqual(['rateLimit must be tasks for each s, m or h, got "slow"; write it like "10/m"']);
  });

  test('is about one broker only', () => {
    const brokers = { main: { topology: 'standalone' }, spare: { topology: 'standalone' } } as const;
    const twins = [placed('acme', { prefix: 'a:' }), placed('acme-web', { prefix: 'a:', shared: 'spare' })];

    expect(saysOf(twins, { ...environment, brokers })).toEqual([]);
  });
});

test('a thousand tenants are checked in a few sorts and walks', () => {
  const tenants = Array.from({ length: 1000 }, (_, index) => named(`tenant-${index}`));

  expect(saysOf(tenants, environmentWith({ brokers: { main: { maxClients: 12_000 } } }))).toEqual([]);
});
