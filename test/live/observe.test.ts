import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exporterPrograms } from './exporter/exporter';
import { answerOf, killAll, start, until } from './isolation/pods';
import { leaf } from './observe/place';
import { type FiredAlert, type Target, type Watch, watch } from './observe/prometheus';
import {
  type App,
  type Ended,
  type StandaloneBroker,
  type TenantPlace,
  appPod,
  guarded,
  standalone,
  startApp,
} from './observe/servers';
import { lacking, programsOf } from './python';
import { type Connection, type Reply, connect } from './redis-connection';
import { eventually, sleep } from './redis-server';
import { type Broker, type Pod, haveCopied } from './sentinel/pods';

const servers = ['prometheus', 'prometheus-alertmanager'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);
const missing = [...lacking, ...servers, ...(exporterPrograms.length === 0 ? ['redis_exporter'] : [])];
if (missing.length > 0) console.warn(`alerts are NOT proven here: ${missing.join(' and ')} not on PATH`);

const CELERY = '5.6';
/** Seconds: what follows a fault at once takes some ten here, and a machine may stand still. */
const PATIENCE = 150;
/** Seconds without a fault before the first. */
const QUIET = 25;

type Labels = Readonly<Record<string, string>>;

(missing.length > 0 ? describe.skip : describe)('alerts, with durations divided by thirty', () => {
  const folder = mkdtempSync(join(tmpdir(), 'observe-'));
  const ended: Ended[] = [];
  const connections: Connection[] = [];
  const apps: App[] = [];
  let started = 1;
  let prometheus: Watch;
  let brokers: Readonly<Record<'main' | 'down' | 'full', StandaloneBroker>>;
  let sentinels: Broker;
  let programs: string;
  let fixed: readonly Target[];
  let quiet: Promise<readonly Labels[]>;
  const stories = {
    queues: queuesStory,
    tasks: tasksStory,
    beat: beatStory,
    users: usersStory,
    full: fullStory,
    down: downStory,
    guarded: guardedStory,
  };
  type Name = keyof typeof stories;
  const running = new Map<Name, Promise<void>>();

  const place = (tenant: string, broker: 'main' | 'down'): TenantPlace => ({
    ...{ folder: join(folder, tenant), programs, tenant, broker },
    port: brokers[broker].redis.port,
  });
  const admin = async (broker: StandaloneBroker): Promise<Connection> => {
    const connection = await broker.redis.admin();
    connections.push(connection);
    return connection;
  };
  const retarget = (): void => prometheus.retarget([...fixed, ...apps.flatMap(({ targets }) => targets)]);
  const consumes = async (deployment: string, name: string, of: TenantPlace): Promise<App> => {
    const app = await startApp(of, deployment, name);
    ended.push(app);
    apps.push(app);
    await until(app.running, () => app.pod.wrote('consuming'), `${name} consumes`);
    return app;
  };
  const python = (of: TenantPlace, code: string) =>
    answerOf(appPod(of, 'web'), ['python3', '-c', `import watched as w\n${code}\nprint('null')`]);

  const has = ({ labels }: FiredAlert, wanted: Labels): boolean =>
    Object.entries(wanted).every(([label, value]) => labels[label] === value);
  const firing = async (alertname: string, labels: Labels): Promise<FiredAlert | undefined> =>
    (await prometheus.alerts()).find((one) => one.state === 'firing' && has(one, { alertname, ...labels }));
  const fires = async (alert: string, labels: Labels): Promise<void> =>
    eventually(`${alert} fires`, async () => (await firing(alert, labels)) !== undefined, PATIENCE);
  const clears = async (alert: string, labels: Labels): Promise<void> =>
    eventually(`${alert} clears`, async () => (await firing(alert, labels)) === undefined, PATIENCE);
  const inhibits = async (alertname: string, labels: Labels): Promise<void> =>
    eventually(
      `${alertname} is inhibited`,
      async () =>
        (await prometheus.inhibited()).some((one) =>
          has({ labels: one } as FiredAlert, { alertname, ...labels }),
        ),
      PATIENCE,
    );
  /** Does it again and again, until the alert fires; then it clears. */
  const whileDoing = async (act: () => Promise<unknown>, alert: string, labels: Labels): Promise<void> => {
    await eventually(
      `${alert} fires`,
      async () => {
        await act();
        await sleep(300);
        return (await firing(alert, labels)) !== undefined;
      },
      PATIENCE,
    );
    await clears(alert, labels);
  };

  async function queuesStory(): Promise<void> {
    const labels = { tenant: 'acme', queue: 'tenant-acme.reports' };
    const redis = await admin(brokers.main);
    await redis.send('LPUSH', labels.queue, ...Array.from({ length: 30 }, () => '{}'));
    await Promise.all(
      ['QueueTooDeep', 'QueueWaitsTooLong', 'QueueWithoutConsumer'].map((alert) => fires(alert, labels)),
    );
    await inhibits('QueueTooDeep', labels);
    await redis.send('DEL', labels.queue);
    await Promise.all(
      ['QueueTooDeep', 'QueueWaitsTooLong', 'QueueWithoutConsumer'].map((alert) => clears(alert, labels)),
    );
  }

  async function tasksStory(): Promise<void> {
    const labels = { tenant: 'acme' };
    const of = place('acme', 'main');
    await python(of, 'for _ in range(200): w.bad.delay()');
    await fires('TasksFail', labels);
    await python(of, 'for _ in range(120): w.good.delay(0.5)');
    await fires('TasksStartLate', labels);
    await Promise.all(['TasksFail', 'TasksStartLate'].map((alert) => clears(alert, labels)));

    const file = join(folder, 'hold');
    writeFileSync(file, '');
    await python(of, `for _ in range(2): w.hold.delay(${JSON.stringify(file)})`);
    const first = apps.find(
      ({ targets: [target] }) => target?.labels['pool'] === 'default' && target.labels['tenant'] === 'acme',
    );
    if (first === undefined) throw new Error('acme has no worker');
    await eventually(
      'it runs',
      async () => {
        const found = await prometheus.query('sum(stalk_worker_tasks_active{tenant="acme"})');
        return (found[0]?.value ?? 0) >= 1;
      },
      PATIENCE,
    );
    if (first.running.pid === undefined) throw new Error('it does not run');
    process.kill(-first.running.pid, 'SIGKILL');
    apps.splice(apps.indexOf(first), 1);
    retarget();
    await consumes('worker-default', `worker-default-${++started}`, of);
    retarget();
    await fires('TasksBeginAgain', labels);
    rmSync(file);
    await clears('TasksBeginAgain', labels);
  }

  async function beatStory(): Promise<void> {
    const labels = { tenant: 'acme' };
    const beat = apps.find(({ targets }) => targets[0]?.labels['pool'] === 'beat');
    if (beat?.running.pid === undefined) throw new Error('there is no beat');
    process.kill(beat.running.pid, 'SIGSTOP');
    await Promise.all([fires('BeatSilent', labels), fires('MetricsMissing', { ...labels, pool: 'beat' })]);
    process.kill(beat.running.pid, 'SIGCONT');
    await Promise.all([clears('BeatSilent', labels), clears('MetricsMissing', { ...labels, pool: 'beat' })]);
  }

  async function usersStory(): Promise<void> {
    const labels = { broker: 'main', job: 'stalk-redis' };
    const { redis } = brokers.main;
    const wrong = async (): Promise<void> => {
      const connection = await connect(redis.port, 'acme', 'wrong').catch(() => undefined);
      connection?.close();
    };
    const acme = await redis.as('acme');
    await whileDoing(wrong, 'ClientsUseWrongPassword', labels);
    await whileDoing(() => acme.send('GET', 'tenant-beta'), 'AccessDenied', labels);
  }

  async function fullStory(): Promise<void> {
    const labels = { broker: 'full' };
    const { redis } = brokers.full;
    const root = await admin(brokers.full);
    const set = (name: string, value: string): Promise<Reply> => root.send('CONFIG', 'SET', name, value);
    const get = async (name: string): Promise<string> =>
      String(((await root.send('CONFIG', 'GET', name)) as readonly Reply[])[1]);
    const limit = await get('maxmemory');
    const user = await redis.as('gamma');

    // what it uses falls once the buffer of the long command is gone: the limit follows
    const fill = async (share: number): Promise<void> => {
      const used = Number(/used_memory:(\d+)/.exec(String(await root.send('INFO', 'memory')))?.[1]);
      await set('maxmemory', String(Math.round(used / share)));
    };

    await root.send('SET', 'ballast', 'x'.repeat(20_000_000));
    await eventually(
      'BrokerMemoryHigh fires',
      async () => {
        await fill(0.9);
        await sleep(300);
        return (await firing('BrokerMemoryHigh', labels)) !== undefined;
      },
      PATIENCE,
    );
    await fill(1.1);
    expect(String(await user.send('LPUSH', 'tenant-gamma', '{}'))).toContain('OOM');
    await Promise.all([fires('BrokerRefusesWrites', labels), inhibits('BrokerMemoryHigh', labels)]);
    await set('maxmemory-policy', 'allkeys-lru');
    await user.send('LPUSH', 'tenant-gamma', '{}');
    await fires('BrokerEvicts', labels);
    await set('maxmemory-policy', 'noeviction');
    await set('maxmemory', limit);
    await root.send('DEL', 'ballast', 'tenant-gamma');
    await Promise.all(
      ['BrokerMemoryHigh', 'BrokerRefusesWrites', 'BrokerEvicts'].map((alert) => clears(alert, labels)),
    );

    const most = await get('maxclients');
    await set('maxclients', '1020');
    const crowd = Array.from({ length: 1005 }, () => createConnection(redis.port, '127.0.0.1'));
    await fires('BrokerConnectionsHigh', labels);
    // Not for long: who asks how Redis is would be turned away, too
    const knock = async (): Promise<void> => {
      const late = Array.from({ length: 30 }, () => createConnection(redis.port, '127.0.0.1'));
      late.forEach((socket) => socket.on('error', () => undefined));
      await sleep(200);
      late.forEach((socket) => socket.destroy());
      await sleep(1500);
    };
    await whileDoing(knock, 'BrokerRejectsConnections', labels);
    crowd.forEach((socket) => socket.destroy());
    await set('maxclients', most);
    await clears('BrokerConnectionsHigh', labels);

    const dump = join(redis.folder, 'data', await get('dbfilename'));
    rmSync(dump, { force: true });
    mkdirSync(join(dump, 'in-its-place'), { recursive: true });
    await root.send('BGSAVE');
    await fires('BrokerCannotPersist', labels);
    rmSync(dump, { recursive: true });
    await eventually('it saves again', async () => !String(await root.send('BGSAVE')).startsWith('-'));
    await clears('BrokerCannotPersist', labels);
  }

  async function downStory(): Promise<void> {
    const { redis } = brokers.down;
    await redis.stop();
    await Promise.all([
      fires('BrokerDown', { broker: 'down' }),
      fires('WorkerDeaf', { broker: 'down', tenant: 'beta' }),
      inhibits('WorkerDeaf', { broker: 'down', tenant: 'beta' }),
    ]);
    await redis.start();
    await Promise.all([
      clears('BrokerDown', { broker: 'down' }),
      clears('WorkerDeaf', { broker: 'down', tenant: 'beta' }),
    ]);
  }

  async function guardedStory(): Promise<void> {
    const labels = { broker: 'guarded' };
    const primary = async (): Promise<Pod> => {
      let found: Pod | undefined;
      await eventually('a primary', async () => (found = await sentinels.primary()) !== undefined, PATIENCE);
      if (found === undefined) throw new Error('no primary');
      return found;
    };
    const first = await primary();
    const replica = sentinels.redis.find((pod) => pod !== first);
    await replica?.signal('SIGKILL');
    await fires('ReplicaCutOff', { ...labels, pod: replica?.name ?? '' });
    await replica?.start();
    await clears('ReplicaCutOff', { ...labels, pod: replica?.name ?? '' });

    const lost = sentinels.sentinels.slice(1);
    await Promise.all(lost.map((pod) => pod.signal('SIGKILL')));
    await fires('SentinelQuorumAtRisk', labels);
    const alone = await primary();
    await haveCopied(sentinels);
    await alone.signal('SIGKILL');
    await fires('BrokerWithoutPrimary', labels);
    await Promise.all(lost.map((pod) => pod.start()));
    await clears('BrokerWithoutPrimary', labels);
    await alone.start();
    const next = await primary();
    const rebel = sentinels.redis.find((pod) => pod !== next && pod !== alone);
    await whileDoing(async () => rebel?.ask('REPLICAOF', 'NO', 'ONE'), 'BrokerTwoPrimaries', labels);
    await clears('SentinelQuorumAtRisk', labels);
  }

  beforeAll(async () => {
    const [program] = exporterPrograms;
    if (program === undefined) throw new Error('no redis_exporter');
    programs = await programsOf(CELERY);
    const [main, down, full, other] = await Promise.all([
      standalone('main', program),
      standalone('down', program),
      standalone('full', program),
      guarded('guarded', program),
    ]);
    ended.push(main, down, full, other);
    [brokers, sentinels] = [{ main, down, full }, other.broker];
    fixed = [main, down, full, other].flatMap(({ targets }) => targets);
    const [acme, beta] = [place('acme', 'main'), place('beta', 'down')];
    await Promise.all([
      consumes('worker-default', 'worker-default-1', acme),
      consumes('worker-default', 'worker-default-1', beta),
    ]);
    const beat = await startApp(acme, 'beat', 'beat-1');
    ended.push(beat);
    apps.push(beat);
    start(appPod(acme, 'web', 'flow'), ['python3', '-c', 'import watched as w; w.flow()']);
    await until(beat.running, () => /often|Sending due/.test(beat.running.output()), 'beat sends');
    prometheus = await watch(leaf('platform'), join(folder, 'watch'), [
      ...fixed,
      ...apps.flatMap(({ targets }) => targets),
    ]);
    ended.unshift(prometheus);

    await eventually(
      'everything is scraped',
      async () => {
        const up = await prometheus.query('sum(up)');
        return up[0]?.value === fixed.length + apps.length;
      },
      60,
    );
    await sleep(QUIET * 1000);
    quiet = prometheus
      .query('max_over_time(ALERTS{alertstate="firing"}[60s])')
      .then((found) => found.map(({ metric }) => metric));
    await quiet;
    for (const [name, story] of Object.entries(stories)) running.set(name as Name, story());
    await Promise.allSettled(running.values());
  }, 600_000);

  afterAll(async () => {
    connections.forEach((connection) => connection.close());
    killAll();
    for (const one of ended) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('are silent while all is well', async () => {
    expect(await quiet).toEqual([]);
  });

  it.each(
    Object.entries({
      queues: 'a queue is deep, waits, and nobody takes from it',
      tasks: 'tasks fail, start late, and begin again after a worker was killed',
      beat: 'beat hangs',
      users: 'clients come with a wrong password, or try what they may not',
      full: 'a broker is full, evicts, has too many connections, or cannot save',
      down: 'a broker is down, which silences its workers',
      guarded: 'a broker loses a replica, sentinels, its primary, or has two',
    }) as [Name, string][],
  )(
    'fire when their fault is there and clear after it: %s, %s',
    async (name) => {
      const first = running.get(name);
      running.delete(name); // asked once more, it is another one
      await (first ?? stories[name]());
    },
    600_000,
  );
});
