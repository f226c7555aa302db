/** What `stalk status` asks a broker: its programs on a real Redis with the rendered users, filled by real Celery. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../../lib';
import type { Cluster, Command, Pod } from '../../lib/cluster';
import { askBroker } from '../../lib/status/ask-broker';
import type { BrokerSeen } from '../../lib/status/ask-broker';
import { watchedIn } from '../../lib/status';
import { platformOf } from '../support/synth';
import { killAll, podOf, sendFrom, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { leavesOf, withBroker } from './place';
import { lacking, programsOf } from './python';
import { eventually } from './redis-server';

const tenant = (name: string, different: Partial<Tenant> = {}): Tenant => ({
  name,
  app: {
    dialect: 'celery',
    image: 'jobs:1',
    module: 'plain_app',
    pythonPath: [join(__dirname, 'loader/apps')],
  },
  workers: { default: { queues: ['celery', 'reports'] } },
  web: { command: ['python3'], port: 8000 },
  ...different,
});

const acme = tenant('acme');
/** Lists of priorities with a separator of their own. */
const globex = tenant('globex', {
  broker: { shared: 'main', isolation: 'queue' },
  priorities: { steps: [0, 1, 2], separator: '|' },
});

const missing = lacking.join(' and ');
if (missing !== '') console.warn(`stalk status is NOT proven here: ${missing} not on PATH`);

(missing === '' ? describe : describe.skip)('stalk status asks a broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'status-'));
  const leaf = leavesOf(withBroker, [acme, globex]);
  let redis: LiveRedis;
  let programs: string;

  const pod = (name: string, deployment: string) =>
    podOf(leaf(`tenants/${name}`), deployment, { folder: join(folder, name), programs, port: redis.port });
  const send = (name: string, calls: string) => sendFrom(pod(name, 'web'), calls);

  /** Its commands run here, in the place of the pod. */
  const cluster = {
    list: () => Promise.resolve([REDIS_POD]),
    exec: (_: unknown, { argv, stdin }: Command) => {
      const [program = '', ...args] = argv;
      const env = {
        PATH: process.env['PATH'],
        ...{ USERS_RUN: join(redis.folder, 'run'), REDIS_PORT: String(redis.port) },
      };
      const { status, stdout, stderr } = spawnSync(program, args, { env, input: stdin, encoding: 'utf8' });
      return Promise.resolve({ code: Number(status), stdout, stderr });
    },
  } as unknown as Cluster;

  async function look(): Promise<BrokerSeen> {
    const platform = platformOf(withBroker, [acme, globex]);
    const [broker] = watchedIn(platform, platform.tenants).brokers;
    if (broker === undefined) throw new Error('nothing is watched');
    return askBroker(cluster, broker, () => []);
  }

  beforeAll(async () => {
    programs = await programsOf('5.6');
    redis = await liveRedis(leaf('brokers/main'));
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of tenants that have never sent anything: nothing waits, and its INFO is there', async () => {
    const { errors, held, infos } = await look();

    expect(errors).toEqual([]);
    expect(held.get('acme')).toEqual({
      queues: new Map([
        ['tenant-acme', { waiting: 0 }],
        ['tenant-acme.reports', { waiting: 0 }],
      ]),
      ...{ messages: 0, deadLetters: 0 },
    });
    expect(infos.get('redis-0')?.get('role')).toBe('master');
    expect(Number(infos.get('redis-0')?.get('maxmemory'))).toBeGreaterThan(1e6);
  });

  it('how many messages wait in all priorities of each queue, and how long the next one does', async () => {
    await send('globex', 'add.apply_async((1, 2), priority=2); add.delay(1, 1); report.delay(1)');
    await send(
      'acme',
      'add.apply_async((1, 2), countdown=3600); report.delay("\\n\\"eta\\": \\"2020-01-01\\"")',
    );
    await new Promise((done) => setTimeout(done, 1100));

    const { errors, held } = await look();
    const [of, ofReports] = ['tenant-acme', 'tenant-acme.reports'].map((one) =>
      held.get('acme')?.queues.get(one),
    );

    expect(errors).toEqual([]);
    expect(held.get('globex')?.queues.get('tenant-globex')).toEqual({
      waiting: 2,
      oldest: expect.any(Number) as number,
    });
    expect(held.get('globex')?.queues.get('tenant-globex')?.oldest).toBeGreaterThan(1);
    expect(held.get('globex')?.queues.get('tenant-globex')?.oldest).toBeLessThan(120);
    expect(of).toEqual({ waiting: 1, oldest: 0 }); // it is not due
    expect(ofReports?.oldest).toBeLessThan(120);
  });

  it('what workers have in hand, and for how long', async () => {
    const pods = pod('acme', 'worker-default');
    const worker = start(pods);
    await until(worker, () => pods.wrote('consuming'), 'the worker consumes');
    await eventually(
      'it holds the one whose time is to come',
      async () => (await look()).held.get('acme')?.messages === 1,
    );

    expect((await look()).held.get('acme')?.oldest).toBeLessThan(60);

    await worker.stop();
  });

  it('and is refused nothing', async () => {
    expect(await redis.refused()).toEqual([]);
  });
});

const REDIS_POD: Pod = {
  metadata: { name: 'redis-0', labels: { 'app.kubernetes.io/component': 'redis' } },
  spec: { containers: [{ name: 'redis' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};
