/** The exporter of queues as rendered: a real Redis with its users, real messages of Celery, counted one by one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import { METRICS_CATALOGUE } from '../../lib/observe/metrics';
import { type Synth, lookup } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { leavesOf, withBroker } from './place';
import { lacking, programsOf } from './python';
import { type Exporter, type Here, type Scrape, exporterOf } from './queues/exporter';
import { eventually, shells, sleep } from './redis-server';
import { brokerOf, startWhole } from './sentinel/pods';
import { authority } from './tls/certificates';
import { sealedRedis } from './tls/sealed-redis';

const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
if (lacking.length > 0)
  console.warn(`the exporter of queues is NOT proven here: ${lacking.join(' and ')} not on PATH`);
if (!hasOpenssl) console.warn('the exporter of queues is NOT proven with TLS here: openssl is not on PATH');
const proven = lacking.length > 0 ? describe.skip : describe;

const CELERY = '5.6';

/** Seconds for which a look is good here. */
const FRESH = 0.05;

const watched: Environment = {
  ...withBroker,
  peers: { prometheus: { namespace: { name: 'monitoring' }, pods: { app: 'prometheus' } } },
  monitoring: { kind: 'operator', namespace: 'monitoring' },
};

const tenant = (name: string, more: Partial<Tenant> = {}): Tenant => ({
  name,
  app: {
    dialect: 'celery',
    image: 'jobs:1',
    module: 'counted',
    pythonPath: [join(__dirname, 'queues/app')],
  },
  workers: { default: { queues: ['celery', 'reports', 'other'], concurrency: 1 } },
  web: { command: ['serve'], port: 8000 },
  ...more,
});

const of = (isolation: 'queue' | 'prefix' | 'hybrid') => ({ shared: 'main', isolation }) as const;

/** Ways to be apart, and to name lists of priorities. */
const TENANTS: readonly Tenant[] = [
  tenant('queue', { broker: of('queue') }),
  tenant('printed', { broker: of('queue'), priorities: { separator: ':', steps: [0, 9] } }),
  tenant('prefix', { broker: { ...of('prefix'), database: 2 } }),
  tenant('hybrid', { broker: of('hybrid') }),
  tenant('one', {
    broker: { shared: 'main', isolation: 'queue', group: 'crew' },
    workers: { all: { serves: ['one', 'two'], queues: ['celery', 'reports', 'other'] } },
  }),
  tenant('two', { broker: { shared: 'main', isolation: 'queue', group: 'crew' }, workers: {} }),
];

/** Names of the tenant's queues in Redis. */
const queueNames = (name: string): Readonly<Record<'celery' | 'reports' | 'other', string>> =>
  name === 'prefix'
    ? { celery: 'celery', reports: 'reports', other: 'other' }
    : { celery: `tenant-${name}`, reports: `tenant-${name}.reports`, other: `tenant-${name}.other` };

const python = (code: string): string[] => ['python3', '-c', `${code}\nprint('null')`];

proven('the exporter of queues', () => {
  const leaf = leavesOf(watched, TENANTS);
  let folder: string;
  let programs: string;
  let redis: LiveRedis;
  let exporter: Exporter;

  const here = (): Here => ({
    fresh: FRESH,
    local: (text) => text.replace('redis:6379', `127.0.0.1:${redis.port}`),
  });
  const pod = (name: string, deployment = 'web'): Pod =>
    podOf(leaf(`tenants/${name}`), deployment, { folder: join(folder, name), programs, port: redis.port });
  const looked = async (): Promise<Scrape> => {
    await sleep(FRESH * 1000);
    return exporter.scrape();
  };
  const looks = async (): Promise<number> => {
    const admin = await redis.admin();
    const stats = String(await admin.send('INFO', 'commandstats'));
    return Number(/cmdstat_script\|load:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'queues-'));
    programs = await programsOf(CELERY);
  });
  beforeEach(async () => {
    redis = await liveRedis(leaf('brokers/main'));
    exporter = await exporterOf(leaf('brokers/main'), here());
  });
  afterEach(async () => {
    killAll();
    await exporter.stop();
    await redis.remove();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('counts what waits for each tenant, whatever keeps it apart and names its priorities, and is refused nothing', async () => {
    const names = TENANTS.map(({ name }) => name);
    await Promise.all(names.map((name) => answerOf(pod(name), python('import counted; counted.send()'))));

    const scrape = await looked();

    const counted = names.map((name) => {
      const queues = queueNames(name);
      const messages = (queue: string) => scrape.value('stalk_queue_messages', { tenant: name, queue });
      return [name, messages(queues.celery), messages(queues.reports), messages(queues.other)];
    });
    expect(counted).toEqual(names.map((name) => [name, 3, 1, 0]));
    expect(scrape.value('stalk_queues_up')).toBe(1);
    expect((await redis.refused()).filter(({ user }) => user === 'queues')).toEqual([]);
  });

  it('says what the catalogue says of each metric', async () => {
    const { text } = await looked();

    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => [name, type]);
    const wanted = Object.entries(METRICS_CATALOGUE).filter(([, { from }]) => from === 'queues');
    expect(Object.fromEntries(types)).toEqual(
      Object.fromEntries(wanted.map(([name, { type }]) => [name, type])),
    );
    for (const [name, { labels }] of wanted)
      for (const [, worn = ''] of text.matchAll(new RegExp(`^${name}\\{(.*)\\} `, 'gm')))
        expect([...worn.matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual([...labels]);
  });

  it('says how long the next message waits: since it was sent, or due, or first seen', async () => {
    const sends = `
import time
from celery import Celery
app = Celery(broker="redis://hybrid:${passwordOf(leaf('brokers/main'), 'hybrid')}@127.0.0.1:${redis.port}/0")
app.conf.broker_transport_options = {"global_keyprefix": "tenant:hybrid:"}
def send(queue, **more):
    app.send_task("counted.count", queue=queue, **more)
now = time.time()
send("tenant-hybrid", headers={"stalk_sent": now - 1000})
send("tenant-hybrid", headers={"stalk_sent": now - 10})
send("tenant-hybrid", headers={"stalk_sent": now - 20}, priority=9)
send("tenant-hybrid.reports", headers={"stalk_sent": now - 1000}, countdown=300)
send("tenant-hybrid.other", kwargs={"x": '"stalk_sent": 1, "eta": 2'})
`;
    await answerOf({ ...pod('hybrid'), env: { PATH: pod('hybrid').env['PATH'] ?? '' } }, python(sends));
    const oldest = (scrape: Scrape, queue: string) =>
      scrape.value('stalk_queue_oldest_seconds', { tenant: 'hybrid', queue });

    const first = await looked();
    await sleep(1000);
    const second = await looked();

    expect(oldest(first, 'tenant-hybrid')).toBeGreaterThan(999);
    expect(oldest(first, 'tenant-hybrid')).toBeLessThan(1060);
    expect(oldest(first, 'tenant-hybrid.reports')).toBe(0);
    expect(oldest(first, 'tenant-hybrid.other')).toBe(0);
    expect(oldest(second, 'tenant-hybrid.other')).toBeGreaterThan(1);
    expect(oldest(second, 'tenant-hybrid.other')).toBeLessThan(60);
  });

  it('says what workers have in hand, and for how long', async () => {
    const until = join(folder, 'until');
    writeFileSync(until, '');
    const worker = start(pod('hybrid', 'worker-default'));
    await answerOf(
      pod('hybrid'),
      python(`import counted\nfor _ in range(3): counted.hold.delay(${JSON.stringify(until)})`),
    );
    const sum = (scrape: Scrape): number =>
      (scrape.value('stalk_inhand_messages', { tenant: 'hybrid' }) ?? 0) +
      (scrape.value('stalk_queue_messages', { tenant: 'hybrid', queue: 'tenant-hybrid' }) ?? 0);
    const held = (scrape: Scrape) => scrape.value('stalk_inhand_messages', { tenant: 'hybrid' }) ?? 0;
    let busy = await looked();
    await eventually(
      'a task runs',
      async () => {
        busy = await looked();
        return held(busy) > 0 && (busy.value('stalk_inhand_oldest_seconds', { tenant: 'hybrid' }) ?? 0) > 1;
      },
      40,
    );

    rmSync(until);
    let idle = busy;
    await eventually('all are done', async () => held((idle = await looked())) + sum(idle) === 0, 40);
    await worker.stop();

    expect(sum(busy)).toBe(3);
    expect(idle.value('stalk_inhand_oldest_seconds', { tenant: 'hybrid' })).toBe(0);
  });

  it('says dead letters, and works on beside a key that is none of Celery’s', async () => {
    const admin = await redis.admin();
    await admin.send('ZADD', 'tenant:hybrid:dead-letters', '1', '{}', '2', '{"id":1}');
    await admin.send('SET', 'tenant:hybrid:tenant-hybrid', 'a text');
    await admin.send('LPUSH', 'tenant:hybrid:tenant-hybrid.reports', 'no JSON');

    const scrape = await looked();
    const messages = (queue: string) =>
      scrape.value('stalk_queue_messages', { tenant: 'hybrid', queue: `tenant-hybrid${queue}` });

    expect(scrape.value('stalk_dead_letters', { tenant: 'hybrid' })).toBe(2);
    expect([messages(''), messages('.reports')]).toEqual([undefined, 1]);
    expect(scrape.value('stalk_queues_up')).toBe(1);
  });

  it('counts a tenant that is added, and no more one that is gone, without a restart', async () => {
    const more = leavesOf(watched, [...TENANTS.slice(1), tenant('newer')]);
    const messages = (scrape: Scrape, name: string) =>
      scrape.value('stalk_queue_messages', { tenant: name, queue: `tenant-${name}` });

    const before = await looked();
    exporter.mount(more('brokers/main'));
    const after = await looked();

    expect([messages(before, 'queue'), messages(before, 'newer')]).toEqual([0, undefined]);
    expect([messages(after, 'queue'), messages(after, 'newer')]).toEqual([undefined, 0]);
  });

  it('says that the broker is away, with all that is expected, and counts again when it is back', async () => {
    const limit = { tenant: 'hybrid', queue: 'tenant-hybrid' };

    await looked();
    await redis.stop();
    const away = await looked();
    const ready = await exporter.status('/ready');
    await redis.start();
    const back = await looked();

    expect(away.value('stalk_queues_up')).toBe(0);
    expect(away.value('stalk_queue_messages', limit)).toBeUndefined();
    expect(away.value('stalk_queue_messages_limit', limit)).toBe(500);
    expect(away.value('stalk_expected_pool', { tenant: 'hybrid', pool: 'default' })).toBe(1);
    expect(ready).toBe(200);
    expect(back.value('stalk_queues_up')).toBe(1);
    await eventually('it says so once', () =>
      /^.*answers\n.*ConnectionRefusedError.*\n.*answers\n$/.test(exporter.log()),
    );
  });

  it('gives up a broker that hangs before Prometheus gives up the scrape', async () => {
    await looked();
    redis.signal('SIGSTOP');
    const hung = await looked();
    redis.signal('SIGCONT');

    expect(hung.value('stalk_queues_up')).toBe(0);
    expect(hung.seconds).toBeLessThan(9);
  });

  it('counts also when Redis is full', async () => {
    const admin = await redis.admin();
    await admin.send('CONFIG', 'SET', 'maxmemory', '1');
    const refused = await (await redis.as('hybrid')).send('SET', 'tenant:hybrid:x', '1');

    expect(refused).toMatch(/^-OOM/);
    expect((await looked()).value('stalk_queues_up')).toBe(1);
  });

  it('looks once for two Prometheis that ask at once, and again later', async () => {
    const patient = await exporterOf(leaf('brokers/main'), { local: here().local });
    const before = await looks();
    const both = await Promise.all([patient.scrape(), patient.scrape()]);
    const third = await patient.scrape();
    const after = await looks();
    await patient.stop();

    expect([...both, third].map(({ value }) => value('stalk_queues_up'))).toEqual([1, 1, 1]);
    expect(after - before).toBe(1);
  });

  it('comes with the next password as soon as it is there', async () => {
    const objects = leaf('brokers/main');
    const secret = objects.byKind('Secret', 'redis-users');
    const admin = await redis.admin();
    await admin.send('ACL', 'SETUSER', 'queues', 'resetpass', '>another-password-of-queues');
    const refused = await looked();
    secret.stringData.queues = 'another-password-of-queues';
    exporter.mount(objects);

    expect(refused.value('stalk_queues_up')).toBe(0);
    expect((await looked()).value('stalk_queues_up')).toBe(1);
    expect(exporter.log()).not.toContain('another-password');
  });
});

const passwordOf = (objects: Synth, user: string): string =>
  objects.byKind('Secret', 'redis-users').stringData[user];

(hasOpenssl ? proven : describe.skip)('the exporter of queues and a Redis with certificates', () => {
  it('verifies it and shows a certificate of its own', async () => {
    const sealed = leavesOf(
      { ...watched, brokers: { main: { topology: 'standalone', tls: { secret: 'certificates' } } } },
      [tenant('acme')],
    )('brokers/main');
    const [ours, theirs] = [authority('ours'), authority('theirs')];
    const run = shells.find((shell) => shell.run !== undefined)?.run;
    if (run === undefined) throw new Error('no shell');
    const redis = await sealedRedis(sealed, run, ours.sign('localhost'));
    const local = (text: string): string => text.replace('redis:6380', `localhost:${redis.port}`);
    const withFiles = (by: typeof ours): Synth =>
      lookup([
        ...sealed.all,
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificates' }, stringData: by.sign() },
      ]);

    const exporter = await exporterOf(withFiles(ours), { local, fresh: FRESH });
    const trusted = await exporter.scrape();
    exporter.mount(withFiles(theirs));
    await sleep(FRESH * 1000);
    const foreign = await exporter.scrape();
    await eventually('it says why', () => exporter.log().includes('CERTIFICATE_VERIFY_FAILED'));
    await exporter.stop();
    await redis.remove();
    [ours, theirs].forEach((one) => one.remove());

    expect(trusted.value('stalk_queue_messages', { tenant: 'acme', queue: 'tenant-acme' })).toBe(0);
    expect(foreign.value('stalk_queues_up')).toBe(0);
  });
});

proven('the exporter of queues and a broker with sentinels', () => {
  it('finds the next primary by itself', async () => {
    const objects = leavesOf({ ...watched, brokers: { main: { topology: 'sentinel', replicas: 1 } } }, [
      tenant('acme'),
    ])('brokers/main');
    const broker = await brokerOf(objects);
    await startWhole(broker);
    const exporter = await exporterOf(objects, { local: broker.local, fresh: FRESH });
    const messages = async (): Promise<number | undefined> =>
      (await exporter.scrape()).value('stalk_queue_messages', { tenant: 'acme', queue: 'tenant-acme' });
    try {
      await eventually('it counts', async () => (await messages()) === 0, 60);
      const old = await broker.primary();
      await old?.signal('SIGKILL');
      await eventually(
        'another primary',
        async () => {
          const next = await broker.primary();
          return next !== undefined && next !== old;
        },
        60,
      );
      await (await broker.primary())?.ask('LPUSH', 'tenant:acme:tenant-acme', 'one more');

      await eventually('it counts there', async () => (await messages()) === 1, 60);
    } finally {
      await exporter.stop();
      await broker.remove();
    }
  });
});
