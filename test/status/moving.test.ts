// What `stalk status` says of a tenant that moves: where it is, and what is left where it leaves.

import type { Environment, External } from '../../lib';
import { statusText } from '../../lib/status';
import { plain, tenantOf } from '../support/synth';
import { seenIn } from './fake';
import type { FakePod, Here } from './fake';

const place: Environment = {
  ...plain,
  brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
};

const worker = (instance: string): FakePod => ({
  ...{ namespace: 'acme', name: `${instance}-1`, component: 'worker', instance },
});

const here: Here = {
  pods: [
    { namespace: 'broker-main', name: 'redis-0', component: 'redis' },
    { namespace: 'broker-large', name: 'redis-0', component: 'redis' },
    worker('worker-default-draining'),
    worker('worker-default'),
  ],
  wanted: { 'acme/worker-default': 1, 'acme/worker-default-draining': 2 },
  lines: { 'eu:celery': '12 1764439805.000000 1764439801.000/', 'eu:unacked': '3/12.5/1' },
};

const moving = tenantOf({
  broker: { shared: 'large', movingFrom: { shared: 'main', isolation: 'prefix', prefix: 'eu:' } },
});

test('what is left on the broker that a tenant leaves is shown, with the pods that drain it', async () => {
  const { status } = await seenIn(place, [moving], here);
  const [acme] = status.tenants;

  expect(status.brokers.map(({ name }) => name)).toEqual(['large', 'main']);
  expect([acme?.broker, acme?.pools.map(({ name }) => name)]).toEqual(['large', ['worker-default']]);
  expect(acme?.queues.map(({ waiting }) => waiting)).toEqual([0]);
  expect(acme?.movingFrom).toEqual({
    broker: 'main',
    pools: [expect.objectContaining({ name: 'worker-default-draining', ready: 1, wanted: 2 })],
    queues: [expect.objectContaining({ waiting: 12, oldest: 4 })],
    inHand: expect.objectContaining({ messages: 3 }) as object,
    deadLetters: 1,
  });
});

test('its troubles there say that they are on the old side', async () => {
  const { status } = await seenIn(place, [moving], here);

  expect(status.tenants[0]?.troubles.map(({ text }) => text)).toEqual([
    'old side, main: worker-default-draining: 1 of 2 consume; no pod is there for the others',
    expect.stringContaining('old side, main: 1 dead letters') as string,
  ]);
});

test('the table has a row for it', async () => {
  const { status } = await seenIn(place, [moving], here);

  const lines = statusText(status, { width: 200, colours: false, runbooks: 'docs' } as never).join('\n');

  expect(lines).toMatch(/leaves main +1\/2 +12 +4s +3 +13s of/);
  expect(lines).toMatch(/ {4}worker-default-draining +1\/2/);
});

test('an old Redis of its own is shown beside the new broker', async () => {
  const own = tenantOf({ broker: { shared: 'large', movingFrom: { topology: 'standalone' } } });
  const pods = [...here.pods, { namespace: 'acme', name: 'redis-0', component: 'redis' }];

  const { status } = await seenIn(place, [own], { pods });

  expect(status.brokers.map(({ name, kind, primaries }) => [name, kind, primaries])).toEqual([
    ['acme (old)', 'dedicated', ['redis-0']],
    ['large', 'shared', ['redis-0']],
  ]);
  expect(status.tenants[0]?.movingFrom).toMatchObject({ broker: 'acme (old)', queues: [{ waiting: 0 }] });
});

test('a Redis of somebody else is asked by the side that is there', async () => {
  const foreign: External = {
    topology: 'external',
    ...{ host: 'redis.legacy.svc', cidrs: ['10.0.3.0/24'], username: 'default' },
  };
  const asked = async (broker: ReturnType<typeof tenantOf>['broker']): Promise<readonly string[]> =>
    (await seenIn(place, [tenantOf({ ...(broker && { broker }) })], here)).commands.filter((one) =>
      one.startsWith('acme/worker'),
    );

  expect(await asked({ shared: 'large', movingFrom: foreign })).toEqual([
    'acme/worker-default-draining-1/worker-default-draining',
  ]);
  expect(await asked({ ...foreign, movingFrom: { shared: 'large' } })).toEqual([
    'acme/worker-default-1/worker-default',
  ]);
});
