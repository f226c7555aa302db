// What `stalk diff` says of a tenant that changes its broker: a move that begins, is taken back, ends, or was forgotten.

import type { Environment, External, Tenant } from '../../lib';
import { plain, tenantOf } from '../support/synth';
import { differing, rendered, toldOf, typesOf } from './sides';

type Broker = NonNullable<Tenant['broker']>;

const place: Environment = {
  ...plain,
  brokers: {
    main: { topology: 'standalone' },
    large: { topology: 'sentinel', replicas: 2 },
    huge: { topology: 'standalone' },
  },
};

const beta = tenantOf({ name: 'beta', broker: { shared: 'main' } });
const at = (broker: Broker) => rendered([tenantOf({ broker }), beta], place);
const between = (before: Broker, after: Broker) => differing(at(before), at(after));

const main: Broker = { shared: 'main' };
const large: Broker = { shared: 'large' };
const moving: Broker = { shared: 'large', movingFrom: { shared: 'main' } };
const own: Broker = { topology: 'standalone' };
const foreign: External = {
  topology: 'external',
  ...{ host: 'redis.legacy.svc', cidrs: ['10.0.3.0/24'], username: 'default' },
};

test('a move begins, with what restarts and what comes first', () => {
  const diff = between(main, moving);

  expect(typesOf(diff)).toEqual(['broker', 'reloads', 'rolls']);
  expect(toldOf(diff, 'broker')).toEqual([
    'acme begins to move: main → large',
    'test',
    'its pods restart and use large; draining workers go on with what main has',
    'see that its Secrets are there, where Stalk does not make them: until then its new pods wait (docs/move.md)',
    'leave movingFrom until nothing is left on main: npx stalk move acme says so',
  ]);
});

test('a move is taken back', () => {
  const diff = between(moving, { shared: 'main', movingFrom: { shared: 'large' } });

  expect(toldOf(diff, 'broker').slice(0, 1)).toEqual(['the move of acme is taken back: large → main']);
  expect(typesOf(diff)).not.toContain('data-loss');
});

test('a move ends: what is still there is lost', () => {
  const diff = between(moving, large);

  expect(typesOf(diff)).toEqual(['broker', 'reloads', 'rolls']);
  expect(toldOf(diff, 'broker')).toEqual([
    'the move of acme from main ends',
    'test',
    expect.stringMatching(/what is still there is lost, so that npx stalk move acme has to say before/),
    'its pods restart once, without the old side',
  ]);
});

test('a move from a Redis of its own ends with that Redis, whose data would be lost', () => {
  const diff = between({ shared: 'large', movingFrom: own }, large);

  expect(typesOf(diff).slice(0, 2)).toEqual(['broker', 'data-loss']);
  expect(toldOf(diff, 'broker')[0]).toBe('the move of acme from its own Redis ends');
  expect(toldOf(diff, 'data-loss')).toEqual([
    'StatefulSet is removed',
    'test: redis of acme',
    'Argo CD asks before it prunes it, Flux and kubectl apply leave it in the cluster',
    'acme/redis: wait until its queues are empty; its claims stay until somebody deletes them',
  ]);
});

test('a take-over begins with its tenant', () => {
  const diff = differing(
    rendered([beta], place),
    rendered([beta, tenantOf({ broker: { shared: 'main', movingFrom: foreign } })], place),
  );

  expect(toldOf(diff, 'broker')[0]).toBe('acme begins to move: redis.legacy.svc → main');
});

test.each<[string, Broker, Broker, string, RegExp]>([
  ['without a move', main, large, 'acme leaves main with all that waits there', /write the old broker into/],
  ['for a Redis of its own', main, own, 'acme leaves main with all that waits there', /write the old broker/],
  [
    'as a move is undone by half',
    moving,
    main,
    'acme leaves large with all that waits there',
    /other way round/,
  ],
])('a broker that is left %s would lose what waits there', (_, before, after, what, way) => {
  const diff = between(before, after);

  expect(toldOf(diff, 'data-loss').slice(0, 3)).toEqual([what, 'test', expect.stringMatching(way)]);
});

test('the next move that begins before this one has ended leaves the first broker', () => {
  const diff = between(moving, { shared: 'huge', movingFrom: { shared: 'large' } });

  expect(toldOf(diff, 'broker')).toEqual(
    expect.arrayContaining(['acme begins to move: large → huge', 'the move of acme from main ends']),
  );
});

test('all else that changes while a tenant moves is no change of its broker', () => {
  const settings = (level: string) =>
    rendered([tenantOf({ broker: moving, celery: { task_compression: level } })], place);

  expect(typesOf(differing(settings('gzip'), settings('bzip2')))).toEqual(['rolls']);
  expect(typesOf(between(own, { topology: 'sentinel', replicas: 2 }))).not.toContain('broker');
});
