import { at, merge, over } from '../../lib/spec/layers';

describe('one record over another', () => {
  test.each<[string, unknown, unknown, unknown]>([
    ['records merge', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
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
    ['false over true is false', { disposable: true }, { disposable: false }, { disposable: false }],
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
      { tls: { secret: 'redis-tls' } },
      { tls: { issuer: 'internal' } },
      { tls: { issuer: 'internal' } },
    ],
    [
      'the same topology keeps the rest',
      { broker: { topology: 'standalone', storage: '1Gi' } },
      { broker: { topology: 'standalone', memory: '1Gi' } },
      { broker: { topology: 'standalone', storage: '1Gi', memory: '1Gi' } },
    ],
    [
      'an interval takes the place of a cron line',
      { schedule: { x: { task: 't', cron: '0 0 * * *' } } },
      { schedule: { x: { task: 't', every: '5m' } } },
      { schedule: { x: { task: 't', every: '5m' } } },
    ],
    [
      'scaling by CPU takes the place of scaling by queue',
      { scaling: { min: 0, max: 3, queueLength: 5 } },
      { scaling: { min: 1, max: 3, utilization: 70 } },
      { scaling: { min: 1, max: 3, utilization: 70 } },
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
      { x: { kwargs: { a: 1 } } },
      { x: { kwargs: { size: 2 } } },
      { x: { kwargs: { a: 1, size: 2 } } },
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
      { x: { kwargs: { dry: false } } },
      { x: { kwargs: { dry: false } } },
    ],
  ])('%s', (_, under, above, merged) => {
    expect(merge(under, above)).toEqual(merged);
  });

  test('leaves both as they were', () => {
    const [under, above] = [{ a: { b: 1 } }, { a: { c: 2 } }];

    merge(under, above);

    expect([under, above]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });
});

test('defaults fill in a record of any kind', () => {
  expect(over({ database: 0, isolation: 'hybrid' }, { shared: 'main', database: 1 })).toEqual({
    shared: 'main',
    database: 1,
    isolation: 'hybrid',
  });
});

test('finds a value by its dotted path, or nothing', () => {
  const tree = { workers: { default: { replicas: 2 } } };

  expect([at(tree, 'workers.default.replicas'), at(tree, 'workers.other.replicas')]).toEqual([2, undefined]);
});
