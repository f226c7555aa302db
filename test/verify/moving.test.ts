// What verify looks at while a tenant moves: its new side, and what is left on the old one.

import type { Cluster, Pod } from '../../lib/cluster';
import { infoOf } from '../../lib/cluster';
import type { Environment } from '../../lib';
import { apps } from '../../lib/verify/checks/apps';
import { connectionsCheck } from '../../lib/verify/checks/capacity';
import { isolationChecks, pairs } from '../../lib/verify/checks/isolation';
import { whatFires } from '../../lib/verify/checks/monitoring';
import { pods as podChecks } from '../../lib/verify/checks/pods';
import { noDeadLetters, queueChecks } from '../../lib/verify/checks/queues';
import { workerChecks } from '../../lib/verify/checks/workers';
import type { SectionOfChecks } from '../../lib/verify/section';
import { rightsFor } from '../../lib/verify/rights';
import { worldOf } from '../../lib/verify/world';
import type { World } from '../../lib/verify/world';
import { plain, platformOf, tenantOf } from '../support/synth';

const place: Environment = {
  ...plain,
  brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
};

const list = [
  tenantOf({
    name: 'acme',
    broker: { shared: 'large', movingFrom: { shared: 'main' } },
    web: { command: ['serve'], port: 8000 },
  }),
  tenantOf({ name: 'beta', broker: { shared: 'main' } }),
];

const podOf = (namespace: string, name: string, component: string): Pod => ({
  metadata: {
    ...{ name: `${name}-1`, namespace },
    labels: { 'app.kubernetes.io/component': component, 'app.kubernetes.io/instance': name },
  },
  spec: { containers: [{ name }] },
  status: {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [],
  },
});

const there = [
  podOf('acme', 'web', 'web'),
  podOf('acme', 'worker-default', 'worker'),
  podOf('acme', 'worker-default-draining', 'worker'),
  podOf('beta', 'worker-default', 'worker'),
];

interface Asked {
  readonly pod: string;
  readonly ask: Readonly<Record<string, unknown>>;
}

/** All pods are ready, and each says what its side would. */
function moving(): { readonly world: World; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const cluster = {
    read: () => Promise.resolve({ spec: { replicas: 1 } }),
    list: (_: unknown, namespace: string, labels: Readonly<Record<string, string>> = {}) =>
      Promise.resolve(
        there.filter(
          ({ metadata }) =>
            metadata.namespace === namespace &&
            Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
        ),
      ),
    exec: ({ namespace, pod }: { readonly namespace: string; readonly pod: string }, { stdin = '{}' }) => {
      const { ask } = JSON.parse(stdin) as { readonly ask: Asked['ask'] };
      asked.push({ pod: `${namespace}/${pod}`, ask });
      return Promise.resolve({ stdout: `@@stalk${JSON.stringify(said(ask, pod))}\n`, stderr: '', code: 0 });
    },
  } as unknown as Cluster;
  const options = { maxWait: 0, disruptive: false };
  return { world: worldOf(cluster, platformOf(place, list), ['acme'], options), asked };
}

const ANSWERS: Readonly<Record<string, (pod: string) => unknown>> = {
  workers: (pod) => [`${pod.replace(/^worker-|-1$/g, '')}@${pod}`],
  queues: () => ({ queues: { celery: { waiting: { 0: 3 }, bound: true, astray: 0 } }, unacked: 2 }),
  letters: () => ({ count: 0, dropped: 0, oldest: [] }),
  connect: () => ({ broker_url: { said: 'PONG', ms: 1, address: 'redis:6379/0' } }),
  settings: () => [],
  touch: () => ({ queue: 'refused' }),
  reach: () => ({}),
  probe: () => ({}),
};

const said = (ask: Asked['ask'], pod: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.keys(ask).map((question) => [question, ANSWERS[question]?.(pod)]));

async function outcomes(section: SectionOfChecks, world = moving().world): Promise<string[]> {
  const found: string[] = [];
  for await (const { id, subject, verdict, found: text } of section.run(world))
    found.push(`${id} ${subject} ${verdict}: ${text}`);
  return found;
}

test('both brokers of a tenant that moves are looked at, each with its side of it', () => {
  const { world } = moving();

  expect(
    world.servers.map(({ of, clients }) => [
      of,
      clients.map(({ name, broker }) => `${name} ${broker.name}`).join(', '),
    ]),
  ).toEqual([
    ['brokers/large', 'acme large'],
    ['brokers/main', 'acme main, beta main'],
  ]);
  expect(rightsFor(world).map(({ namespace }) => namespace)).toContain('broker-main');
});

test('an old Redis of its own is looked at for as long as it is left', () => {
  const [, beta] = list;
  const own = tenantOf({
    name: 'acme',
    broker: { shared: 'large', movingFrom: { topology: 'standalone' } },
  });
  const options = { maxWait: 0, disruptive: false };

  const { servers } = worldOf(
    moving().world.cluster,
    platformOf(place, [own, ...(beta ? [beta] : [])]),
    ['acme'],
    options,
  );

  expect(servers.map(({ of, clients }) => [of, clients.map(({ name }) => name)])).toEqual([
    ['brokers/large', ['acme']],
    ['tenants/acme', ['acme']],
  ]);
});

test('its users on the old broker are no strangers there', () => {
  const server = moving().world.servers.find(({ of }) => of === 'brokers/main');
  if (server === undefined) throw new Error('no old broker');
  const [acme] = server.clients;
  const users = Array.from({ length: 9 }, () => String(acme?.broker.users.worker));

  const found = connectionsCheck(
    { subject: 'main', server },
    infoOf('connected_clients:9\nrejected_connections:0'),
    users,
  );

  expect(found.map(({ id, subject, verdict, found: text }) => [id, subject, verdict, text])).toEqual([
    ['capacity.connections', 'main', 'ok', '9 connected, 0 refused since its start'],
    ['capacity.computed', 'main, clients of acme', 'ok', '9 connected'],
    ['capacity.computed', 'main, clients of beta', 'ok', '0 connected'],
    ['capacity.strangers', 'main', 'ok', '0 ()'],
  ]);
});

test('workers of each side answer there: one that drains is not silent on the new broker', async () => {
  const found = await outcomes(workerChecks);

  expect(found.filter((line) => line.startsWith('workers.answer'))).toEqual([
    'workers.answer acme ok: 1 of 1 answer',
    'workers.answer acme (old side) ok: 1 of 1 answer',
  ]);
});

test('queues and dead letters of the old side are seen from a pod that drains, and nothing is sent there', async () => {
  const { world, asked } = moving();

  const found = await outcomes(queueChecks, world);

  expect(found.filter((line) => line.includes('(old side)'))).toEqual([
    'queues.structure acme (old side) queue celery ok: bound, 3 waiting (3 of priority 0), 2 of the tenant in flight',
    'queues.dead-letters acme (old side) ok: 0 dead letters',
  ]);
  expect(asked.filter(({ pod }) => pod.includes('draining')).flatMap(({ ask }) => Object.keys(ask))).toEqual([
    'queues',
    'letters',
  ]);
});

test('dead letters on the old side are brought over, and decided on there', () => {
  const old = moving().world.tenants[0]?.old;
  if (old === undefined) throw new Error('no old side');

  expect(noDeadLetters(old, { count: 1, dropped: 0, oldest: [] })).toMatchObject({
    subject: 'acme (old side)',
    verdict: 'failed',
    detail: expect.stringContaining(
      'deploy/worker-default-draining -- python3 /opt/stalk/stalk_celery.py carry',
    ) as string,
  });
});

test('pods that drain are counted, and run with the settings of the old side', async () => {
  const { world, asked } = moving();

  expect((await outcomes(podChecks)).join('\n')).toContain(
    'pods.ready acme Deployment/worker-default-draining ok: 1 ready',
  );
  await outcomes(apps, world);

  const settings = (pod: string): string =>
    JSON.stringify(
      asked.find((one) => one.pod === `acme/${pod}-1` && 'settings' in one.ask)?.ask['settings'],
    );
  expect(settings('worker-default')).toContain('broker-large');
  expect(settings('worker-default')).not.toContain('broker-main');
  expect(settings('worker-default-draining')).toContain('broker-main');
  expect(settings('worker-default-draining')).not.toContain('broker-large');
});

test('isolation is tried on the old broker, and the way to that is no breach', async () => {
  const { world, asked } = moving();

  expect(pairs(world).map(({ from, to }) => `${from.name} ${from.broker.name} ${to.name}`)).toEqual([
    'acme main beta',
    'beta main acme',
  ]);
  expect(await outcomes(isolationChecks, world)).toEqual([
    'isolation.keys acme (old side) → beta ok: queue: refused',
    'isolation.keys beta → acme (old side) ok: queue: refused',
    'isolation.pods acme → other tenants skipped: no other tenant has a pod that listens',
  ]);
  expect(asked.map(({ pod }) => pod)).toEqual(['acme/worker-default-draining-1', 'beta/worker-default-1']);
});

test('an alert about the old broker concerns a tenant that leaves it', () => {
  const alert = {
    labels: { alertname: 'BrokerDown', broker: 'main', severity: 'critical' },
    annotations: { summary: 'main is down', description: '' },
    state: 'firing',
    activeAt: '2026-11-29T18:10:05Z',
    value: '1',
  };

  expect(whatFires(moving().world, [alert as never]).map(({ subject }) => subject)).toEqual([
    'main BrokerDown',
  ]);
});
