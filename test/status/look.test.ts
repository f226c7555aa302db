// What `stalk status` says of a cluster, here one that exists in memory only.

import type { Environment, Tenant } from '../../lib';
import { plain, tenantOf } from '../support/synth';
import { INFO, seenIn } from './fake';
import type { FakePod, Here } from './fake';

const redis: FakePod = { namespace: 'broker-main', name: 'redis-0', component: 'redis' };

const workersOf = (namespace: string, different: Partial<FakePod> = {}): FakePod => ({
  ...{ namespace, name: 'worker-default-1', component: 'worker', instance: 'worker-default' },
  ...different,
});

const beat: FakePod = { namespace: 'acme', name: 'beat-1', component: 'beat' };

const withBeat = tenantOf({ beat: { scheduler: 'file' } });

const GOOD: Here = {
  pods: [redis, workersOf('acme'), beat],
  wanted: { 'acme/worker-default': 1, 'acme/beat': 1 },
};

const look = async (different: Partial<Here> = {}, tenant: Tenant = withBeat, environment = plain) =>
  (await seenIn(environment, [tenant], { ...GOOD, ...different })).status;

/** A message that was sent so many seconds ago. */
const sentAgo = (seconds: number, waiting = 1): string =>
  `${waiting} 1764439805.000000 ${1764439805 - seconds}.000/`;

test('a tenant that works is ok, with what its workers, queues and beat do', async () => {
  const { tenants, brokers } = await look({
    lines: { 'tenant:acme:tenant-acme': sentAgo(4, 12), 'tenant:acme:unacked': '3/12.5/0' },
  });

  expect(tenants).toEqual([
    {
      name: 'acme',
      broker: 'main',
      ...{ state: 'ok', troubles: [] },
      pools: [{ name: 'worker-default', ready: 1, wanted: 1, away: [], deaf: false, atRest: false }],
      queues: [{ name: 'tenant-acme', waiting: 12, oldest: 4 }],
      inHand: { messages: 3, oldest: 12.5, visibilityTimeout: expect.any(Number) as number },
      deadLetters: 0,
      beat: { ready: 1, wanted: 1, lastTick: 3 },
    },
  ]);
  expect(brokers).toEqual([
    {
      ...{ name: 'main', kind: 'shared', state: 'ok', troubles: [] },
      primaries: ['redis-0'],
      pods: { ready: 1, wanted: 1 },
      memory: { used: 41943040, max: 83886080 },
      connections: { used: 38, max: expect.any(Number) as number },
    },
  ]);
});

const nobody = { pods: [redis, workersOf('acme', { ready: false, waits: 'CrashLoopBackOff' }), beat] };

test.each<[string, Partial<Here>, string, string, RegExp]>([
  [
    'no worker consumes a queue in which tasks wait',
    { ...nobody, lines: { 'tenant:acme:tenant-acme': sentAgo(4) } },
    'critical',
    'QueueWithoutConsumer',
    /tenant-acme: tasks wait, and no worker consumes it/,
  ],
  [
    'a worker runs and does not consume',
    { pods: [redis, workersOf('acme', { ready: false }), beat] },
    'critical',
    'WorkerDeaf',
    /0 of 1 consume; worker-default-1 \(worker-default: its readiness probe fails\)/,
  ],
  [
    'the next task waits for longer than the tenant promises',
    { lines: { 'tenant:acme:tenant-acme': sentAgo(601) } },
    'critical',
    'QueueWaitsTooLong',
    /waits for 10m01s, more than 10m/,
  ],
  [
    'more tasks wait than the tenant promises',
    { lines: { 'tenant:acme:tenant-acme': sentAgo(4, 501) } },
    'warning',
    'QueueTooDeep',
    /501 tasks wait, more than 500/,
  ],
  [
    'a task is in hand and comes back to nobody',
    { lines: { 'tenant:acme:unacked': '1/99999/0' } },
    'critical',
    'TaskInHandTooLong',
    /beyond the visibility timeout/,
  ],
  [
    'beat has not ticked',
    { ticks: { acme: 200 } },
    'critical',
    'BeatSilent',
    /last tick of beat was 3m20s ago/,
  ],
  [
    'beat is not ready',
    { pods: [redis, workersOf('acme'), { ...beat, ready: false }] },
    'critical',
    'BeatSilent',
    /nothing is scheduled/,
  ],
  [
    'beat is scaled to nothing',
    { pods: [redis, workersOf('acme')], wanted: { 'acme/worker-default': 1, 'acme/beat': 0 } },
    'critical',
    'BeatSilent',
    /scaled to 0/,
  ],
])('a tenant is told when %s', async (_when, different, state, alert, text) => {
  const { tenants } = await look(different);

  expect(tenants[0]?.troubles).toContainEqual({ state, alert, text: expect.stringMatching(text) as string });
  expect(tenants[0]?.state).toBe('critical' === state ? 'critical' : state);
});

test('a worker that does not run is told with its reason', async () => {
  const { tenants } = await look(nobody);

  expect(tenants[0]?.troubles).toEqual([
    {
      state: 'critical',
      text: 'worker-default: 0 of 1 consume; worker-default-1 (worker-default: CrashLoopBackOff)',
    },
  ]);
});

test('two beats are told, as everything is sent twice', async () => {
  const { tenants } = await look({ pods: [redis, workersOf('acme'), beat, { ...beat, name: 'beat-2' }] });

  expect(tenants[0]?.troubles).toEqual([
    { state: 'critical', text: '2 beats are ready: everything is sent 2 times' },
  ]);
});

test('dead letters are told', async () => {
  const { tenants } = await look({ lines: { 'tenant:acme:unacked': '0//2' } });

  expect(tenants[0]).toMatchObject({ state: 'warning', deadLetters: 2 });
});

test('a queue has the limits of its tenant, or its own', async () => {
  const tenant = tenantOf({ objectives: { wait: '1m', queues: { celery: { wait: '5s' } } } });
  const lines = { 'tenant:acme:tenant-acme': sentAgo(6) };

  const { tenants } = await look({ lines, pods: [redis, workersOf('acme')] }, tenant);

  expect(tenants[0]?.troubles.map(({ text }) => text)).toEqual([
    'queue tenant-acme: the next task waits for 6s, more than 5s',
  ]);
});

test('a task with a countdown waits from the time that it is due', async () => {
  const due = '2025-11-29T18:10:03+00:00';
  const { tenants } = await look({
    lines: { 'tenant:acme:tenant-acme': `1 1764439805.000000 1764430000.0/${due}` },
  });

  expect(tenants[0]?.queues).toEqual([{ name: 'tenant-acme', waiting: 1, oldest: 2 }]);
});

test('the age of messages that do not say when they were sent is not known', async () => {
  const { tenants } = await look({ lines: { 'tenant:acme:tenant-acme': '7 1764439805.000000 / /' } });

  expect(tenants[0]?.queues).toEqual([{ name: 'tenant-acme', waiting: 7 }]);
});

test('a pool that rests is well while no task waits', async () => {
  const environment: Environment = {
    ...plain,
    peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda' } } },
  };
  const tenant = tenantOf({
    workers: { default: { queues: ['celery'], scaling: { min: 0, max: 3, queueLength: 5 } } },
  });
  const here = { pods: [redis], wanted: { 'acme/worker-default': 0 } };

  const resting = await look(here, tenant, environment);
  const woken = await look(
    { ...here, lines: { 'tenant:acme:tenant-acme': sentAgo(1) } },
    tenant,
    environment,
  );

  expect(resting.tenants[0]).toMatchObject({ state: 'ok', pools: [{ atRest: true }] });
  expect(woken.tenants[0]).toMatchObject({ state: 'warning', troubles: [{ alert: 'QueueWithoutConsumer' }] });
});

describe('a broker', () => {
  test.each<[string, string, string, string]>([
    ['is nearly full', INFO.replace('41943040', '80000000'), 'BrokerMemoryHigh', 'warning'],
    ['has many connections', INFO.replace(':38', ':9000'), 'BrokerConnectionsHigh', 'warning'],
    ['cannot write', `${INFO}\naof_last_write_status:err`, 'BrokerCannotPersist', 'critical'],
    ['has no primary', 'role:slave\nmaster_link_status:up', 'BrokerWithoutPrimary', 'critical'],
  ])('that %s is told', async (_which, info, alert, state) => {
    const { brokers } = await look({ infos: { 'broker-main/redis-0': info } });

    expect(brokers[0]?.troubles).toContainEqual(expect.objectContaining({ alert, state }));
  });

  test('without a pod is down, and of its tenants it is not known what waits', async () => {
    const { brokers, tenants } = await look({ pods: [workersOf('acme'), beat] });

    expect(brokers[0]?.troubles).toEqual([
      { state: 'critical', alert: 'BrokerDown', text: 'no Redis answers' },
    ]);
    expect(tenants[0]).toMatchObject({ state: 'unknown', queues: [{ name: 'tenant-acme' }] });
    expect(tenants[0]).not.toHaveProperty('inHand');
  });

  test('that does not answer as expected is unknown, with what it said', async () => {
    const { brokers } = await look({ lines: { 'tenant:acme:tenant-acme': 'NOSCRIPT No matching script.' } });

    expect(brokers[0]).toMatchObject({
      state: 'unknown',
      troubles: [{ text: 'Redis must answer, got NOSCRIPT No matching script.' }],
    });
  });
});

test('those that are worst off come first, and then by name', async () => {
  const names = ['able', 'baker', 'charlie', 'dog'];
  const tenants = names.map((name) => tenantOf({ name }));
  const { status } = await seenIn(plain, tenants, {
    pods: [redis, ...names.map((name) => workersOf(name))],
    lines: { 'tenant:charlie:tenant-charlie': sentAgo(9, 900), 'tenant:dog:tenant-dog': sentAgo(9000) },
  });

  expect(status.tenants.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'dog critical',
    'charlie warning',
    'able ok',
    'baker ok',
  ]);
});

test('a tenant that this user may not look into is unknown, and hides no other', async () => {
  const { status } = await seenIn(plain, [tenantOf(), tenantOf({ name: 'globex' })], {
    pods: [redis, workersOf('globex')],
    closed: ['acme'],
  });

  expect(status.tenants.map(({ name, state }) => `${name} ${state}`)).toEqual(['acme unknown', 'globex ok']);
  expect(status.tenants[0]).toMatchObject({ pools: [], troubles: [{ text: 'acme is closed' }] });
});

test('200 tenants of one broker are one command in its pod, and none in theirs', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `tenant-${i + 100}`);
  const tenants = names.map((name) => tenantOf({ name, beat: { scheduler: 'file' } }));

  const { status, commands } = await seenIn(plain, tenants, {
    pods: [redis, ...names.flatMap((namespace) => [workersOf(namespace), { ...beat, namespace }])],
  });

  expect(commands).toEqual(['broker-main/redis-0/redis']);
  expect(status.tenants.every(({ state }) => state === 'ok')).toBe(true);
  expect(status.tenants[0]?.beat).toEqual({ ready: 1, wanted: 1 });
});

describe('alerts', () => {
  const watched: Environment = {
    ...plain,
    monitoring: { kind: 'operator', namespace: 'monitoring' },
    peers: {
      prometheus: { namespace: { 'kubernetes.io/metadata.name': 'monitoring' }, pods: { app: 'prometheus' } },
    },
  };
  const alert = (alertname: string, labels: Readonly<Record<string, string>>, state = 'firing') => ({
    labels: { alertname, severity: 'critical', environment: 'test', ...labels },
    annotations: { summary: `${alertname} of somebody` },
    ...{ state, activeAt: '2026-11-29T18:00:00Z' },
  });
  const prometheus = {
    ...{ namespace: 'monitoring', name: 'prometheus-0', component: 'x' },
  };
  const pods = [...GOOD.pods, prometheus];
  const answer = (...alerts: readonly object[]) => JSON.stringify({ status: 'success', data: { alerts } });

  test('that fire are told of their tenant or broker', async () => {
    const { tenants, brokers, alerts } = await lookWith(
      answer(
        alert('TasksFail', { tenant: 'acme', broker: 'main' }),
        alert('BrokerEvicts', { broker: 'main' }),
        alert('TasksStartLate', { tenant: 'acme' }, 'pending'),
        alert('TasksBeginAgain', { tenant: 'acme', severity: 'info' }),
        alert('TasksFail', { tenant: 'acme', environment: 'other' }),
      ),
    );

    expect('firing' in alerts && alerts.firing.map(({ name }) => name)).toEqual([
      'TasksFail',
      'BrokerEvicts',
      'TasksBeginAgain',
    ]);
    expect(tenants[0]?.troubles).toEqual([
      { state: 'critical', alert: 'TasksFail', text: 'TasksFail of somebody' },
    ]);
    expect(brokers[0]?.troubles.map((one) => one.alert)).toEqual(['BrokerEvicts']);
  });

  test('that say what was seen already are told once', async () => {
    const { tenants } = await lookWith(answer(alert('BeatSilent', { tenant: 'acme' })), {
      ticks: { acme: 200 },
    });

    expect(tenants[0]?.troubles.map((one) => one.alert)).toEqual(['BeatSilent']);
  });

  test('are unknown, in a word, where nobody answers', async () => {
    expect((await look()).alerts).toEqual({ unknown: 'monitoring is off' });
    expect((await look({}, withBeat, watched)).alerts).toEqual({
      unknown: 'no ready pod of peers.prometheus in monitoring',
    });
    expect((await lookWith('<html>')).alerts).toEqual({
      unknown: 'monitoring pod/prometheus-0 gives no JSON on port 9090',
    });
  });

  const lookWith = (said: string, different: Partial<Here> = {}) =>
    look({ pods: pods.map(labelled), prometheus: () => said, ...different }, withBeat, watched);
  const labelled = (pod: FakePod): FakePod =>
    pod.namespace === 'monitoring' ? { ...pod, labels: { app: 'prometheus' } } : pod;
});
