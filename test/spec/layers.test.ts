import { at, filled, merge } from '../../lib/spec/layers';
import { tenant as tenantTable } from '../../lib/spec/tenant';

describe('one record over another', () => {
  test.each<[string, unknown, unknown, unknown]>([
    [
      'records merge',
      { web: { port: 1, replicas: 2 } },
      { web: { replicas: 3 } },
      { web: { port: 1, replicas: 3 } },
    ],
    ['records of unknown props merge as well', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['lists replace', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['a value that is not there changes nothing', { a: 1 }, { a: undefined }, { a: 1 }],
    ['nothing changes nothing', { a: 1 }, undefined, { a: 1 }],
    [
      'false takes a record away',
      { workers: { a: { x: 1 }, b: {} } },
      { workers: { a: false } },
      { workers: { b: {} } },
    ],
    ['false takes away what it lies over', { beat: { x: 1 } }, { beat: false }, {}],
    [
      'false over true is false',
      { results: { extended: true } },
      { results: { extended: false } },
      { results: { extended: false } },
    ],
    [
      'false of a flag stays where there is no value yet',
      {},
      { broker: { topology: 'standalone', alsoCache: false } },
      { broker: { topology: 'standalone', alsoCache: false } },
    ],
    [
      'a part of a process changes that part',
      { processes: { ws: { command: ['a'], port: 8001, replicas: 2 } } },
      { processes: { ws: { command: ['b'] } } },
      { processes: { ws: { command: ['b'], port: 8001, replicas: 2 } } },
    ],
    [
      'a process that the clock starts keeps of a server what both have',
      { processes: { ws: { command: ['a'], port: 8001, replicas: 2, health: '/', env: { A: '1' } } } },
      { processes: { ws: { cron: '0 3 * * *' } } },
      { processes: { ws: { command: ['a'], cron: '0 3 * * *', env: { A: '1' } } } },
    ],
    [
      'a port makes a server of a program',
      { processes: { ws: { command: ['a'], replicas: 3 } } },
      { processes: { ws: { port: 8001 } } },
      { processes: { ws: { command: ['a'], port: 8001, replicas: 3 } } },
    ],
    [
      'another kind of Redis takes nothing from the first',
      { broker: { topology: 'standalone', storage: '1Gi' } },
      { broker: { shared: 'main' } },
      { broker: { shared: 'main' } },
    ],
    [
      'another topology takes nothing from the first',
      { broker: { topology: 'standalone', storage: '1Gi' } },
      { broker: { topology: 'external', host: 'redis' } },
      { broker: { topology: 'external', host: 'redis' } },
    ],
    [
      'an issuer takes the place of a Secret with certificates',
      { broker: { topology: 'standalone', tls: { secret: 'redis-tls' } } },
      { broker: { tls: { issuer: 'internal' } } },
      { broker: { topology: 'standalone', tls: { issuer: 'internal' } } },
    ],
    [
      'the same topology keeps the rest',
      { broker: { topology: 'standalone', storage: '1Gi' } },
      { broker: { topology: 'standalone', memory: '1Gi' } },
      { broker: { topology: 'standalone', storage: '1Gi', memory: '1Gi' } },
    ],
    [
      'an interval takes the place of a cron line, and the task stays',
      { beat: { schedule: { x: { task: 't', args: [1], cron: '0 0 * * *' } } } },
      { beat: { schedule: { x: { every: '5m' } } } },
      { beat: { schedule: { x: { task: 't', args: [1], every: '5m' } } } },
    ],
    [
      'a cron line takes the place of an interval, and the task stays',
      { beat: { schedule: { x: { task: 't', every: '5m' } } } },
      { beat: { schedule: { x: { cron: '0 0 * * *' } } } },
      { beat: { schedule: { x: { task: 't', cron: '0 0 * * *' } } } },
    ],
    [
      'scaling by CPU takes the place of scaling by queue, within the same bounds',
      { workers: { a: { scaling: { min: 1, max: 3, queueLength: 5, cooldown: '5m' } } } },
      { workers: { a: { scaling: { utilization: 70 } } } },
      { workers: { a: { scaling: { min: 1, max: 3, utilization: 70 } } } },
    ],
    [
      'a claim that is there takes the place of a new one at the same path',
      {
        app: {
          dialect: 'celery',
          volumes: { data: { path: '/data', size: '1Gi', access: 'ReadWriteMany' } },
        },
      },
      { app: { volumes: { data: { claim: 'shared' } } } },
      { app: { dialect: 'celery', volumes: { data: { path: '/data', claim: 'shared' } } } },
    ],
    [
      'one half of a size leaves the other half of one quantity',
      { workers: { a: { memory: '512Mi' } } },
      { workers: { a: { memory: { limit: '1Gi' } } } },
      { workers: { a: { memory: { request: '512Mi', limit: '1Gi' } } } },
    ],
    [
      'one quantity takes the place of two halves',
      { workers: { a: { memory: { request: '512Mi', limit: '1Gi' } } } },
      { workers: { a: { memory: '2Gi' } } },
      { workers: { a: { memory: '2Gi' } } },
    ],
    [
      'a soft limit leaves the hard one that was written alone',
      { workers: { a: { timeLimit: '30m' } } },
      { workers: { a: { timeLimit: { soft: '20m' } } } },
      { workers: { a: { timeLimit: { hard: '30m', soft: '20m' } } } },
    ],
    [
      'a pool named celery loses what an overlay removes',
      { workers: { celery: { queues: ['celery'], scaling: { min: 1, max: 3, utilization: 70 } } } },
      { workers: { celery: { scaling: false } } },
      { workers: { celery: { queues: ['celery'] } } },
    ],
    [
      'a pool named celery changes how it scales',
      { workers: { celery: { scaling: { min: 1, max: 3, queueLength: 5 } } } },
      { workers: { celery: { scaling: { utilization: 70 } } } },
      { workers: { celery: { scaling: { min: 1, max: 3, utilization: 70 } } } },
    ],
    [
      'a place on a shared broker takes nothing of a Redis of its own',
      { broker: { topology: 'standalone', prefix: 'a:', memory: '1Gi' } },
      { broker: { shared: 'main' } },
      { broker: { shared: 'main' } },
    ],
    [
      'a Redis of its own takes nothing of a place on a shared broker',
      { broker: { shared: 'main', prefix: 'a:', isolation: 'prefix' } },
      { broker: { topology: 'standalone' } },
      { broker: { topology: 'standalone' } },
    ],
    [
      'another shared broker begins anew',
      { broker: { shared: 'main', prefix: 'a:' } },
      { broker: { shared: 'second' } },
      { broker: { shared: 'second' } },
    ],
    [
      'the same shared broker keeps the rest',
      { broker: { shared: 'main', prefix: 'a:' } },
      { broker: { shared: 'main', database: 2 } },
      { broker: { shared: 'main', prefix: 'a:', database: 2 } },
    ],
    [
      'a text takes the place of a key of a Secret',
      { env: { URL: { secret: 's', key: 'k' } } },
      { env: { URL: 'redis://cache' } },
      { env: { URL: 'redis://cache' } },
    ],
    [
      'a key of a Secret takes the place of a fact',
      { env: { URL: { from: 'broker.url' } } },
      { env: { URL: { secret: 's', key: 'k' } } },
      { env: { URL: { secret: 's', key: 'k' } } },
    ],
    [
      'a pool may be called like the prop that tells kinds apart',
      { workers: { default: { replicas: 1 }, shared: { replicas: 1 } } },
      { workers: { shared: { replicas: 2 } } },
      { workers: { default: { replicas: 1 }, shared: { replicas: 2 } } },
    ],
    [
      'removing a pool of such a name leaves the others',
      { workers: { default: { replicas: 1 }, shared: { replicas: 1 } } },
      { workers: { shared: false } },
      { workers: { default: { replicas: 1 } } },
    ],
    [
      'a variable may be called so as well',
      { env: { A: 'a' } },
      { env: { from: 'b' } },
      { env: { A: 'a', from: 'b' } },
    ],
    [
      'an argument may be called so as well',
      { beat: { schedule: { x: { kwargs: { a: 1 } } } } },
      { beat: { schedule: { x: { kwargs: { size: 2 } } } } },
      { beat: { schedule: { x: { kwargs: { a: 1, size: 2 } } } } },
    ],
    [
      'false is a value among Celery settings',
      { celery: { worker_hijack_root_logger: true } },
      { celery: { worker_hijack_root_logger: false, deep: { off: false } } },
      { celery: { worker_hijack_root_logger: false, deep: { off: false } } },
    ],
    [
      'false is a value among arguments',
      {},
      { beat: { schedule: { x: { kwargs: { dry: false } } } } },
      { beat: { schedule: { x: { kwargs: { dry: false } } } } },
    ],
  ])('%s', (_, under, above, merged) => {
    expect(merge(tenantTable, under, above)).toEqual(merged);
  });

  test('leaves both as they were', () => {
    const [under, above] = [{ a: { b: 1 } }, { a: { c: 2 } }];

    merge(tenantTable, under, above);

    expect([under, above]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });
});

test('defaults fill in a record of any kind', () => {
  expect(filled({ database: 0, isolation: 'hybrid' }, { shared: 'main', database: 1 })).toEqual({
    shared: 'main',
    database: 1,
    isolation: 'hybrid',
  });
});

test('finds a value by its dotted path, or nothing', () => {
  const tree = { workers: { default: { replicas: 2 } } };

  expect([at(tree, 'workers.default.replicas'), at(tree, 'workers.other.replicas')]).toEqual([2, undefined]);
});
