/** A restore: what real Celery has put into a rendered Redis comes back from a store with real restic, and is counted. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../../lib';
import { lackingForBackups, storeIn } from './backup/store';
import type { Env, Store } from './backup/store';
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
const globex = tenant('globex', { broker: { shared: 'main', isolation: 'queue' } });

const missing = [...new Set([...lacking, ...lackingForBackups])].join(' and ');
if (missing !== '') console.warn(`a restore is NOT proven here: ${missing} not on PATH`);

(missing === '' ? describe : describe.skip)('a restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const leaf = leavesOf(withBroker, [acme, globex]);
  let programs: string;
  let redis: LiveRedis;
  let store: Store;
  let snapshot: string;

  const pod = (name: string, deployment: string) =>
    podOf(leaf(`tenants/${name}`), deployment, { folder: join(folder, name), programs, port: redis.port });
  const send = (name: string, calls: string) => sendFrom(pod(name, 'web'), calls);

  const cli = (of: LiveRedis, ...args: readonly string[]): string =>
    spawnSync('redis-cli', ['-p', String(of.port), '--user', 'admin', ...args], {
      env: { PATH: process.env['PATH'], REDISCLI_AUTH: readFileSync(join(of.folder, 'run/admin'), 'utf8') },
      encoding: 'utf8',
    }).stdout.trim();

  const data = (of: LiveRedis): string => join(of.folder, 'data');

  /** An empty Redis of the same broker, which has not started; its volume and what a ConfigMap would say. */
  async function emptyRedis(): Promise<{ readonly redis: LiveRedis; readonly env: Env }> {
    const fresh = await liveRedis(leaf('brokers/main'));
    await fresh.stop();
    rmSync(data(fresh), { recursive: true });
    mkdirSync(data(fresh));
    mkdirSync(join(fresh.folder, 'restore'));
    const env = {
      REDIS_DATA: data(fresh),
      RESTORE: join(fresh.folder, 'restore'),
      POD: 'redis-0',
      WAIT: '0.1',
    };
    return { redis: fresh, env };
  }

  const asks = ({ RESTORE = '' }: Env, of: string, whose = 'redis-0'): void => {
    writeFileSync(join(RESTORE, 'snapshot'), of);
    writeFileSync(join(RESTORE, 'pod'), whose);
  };

  beforeAll(async () => {
    programs = await programsOf('5.6');
    redis = await liveRedis(leaf('brokers/main'));
    store = storeIn();
    await send(
      'acme',
      'add.apply_async((1, 2), countdown=3600); [add.delay(i, i) for i in range(5)]; report.delay(1)',
    );
    await send('globex', '[add.apply_async((1, i), priority=i % 4 * 3) for i in range(8)]');
    const worker = pod('acme', 'worker-default');
    const running = start(worker);
    await until(running, () => worker.wrote('consuming'), 'the worker consumes');
    await eventually(
      'it has done what is due',
      () => cli(redis, '--scan', '--pattern', '*celery-task-meta-*').split('\n').length === 6,
    );
    process.kill(running.pid, 'SIGKILL'); // what it holds stays in the hash
    await running.ended;
    await send('acme', '[report.delay(i) for i in range(3)]');
    cli(redis, 'set', 'left:behind:by:somebody', '1');
    cli(redis, '--rdb', store.path('taken.rdb'));
    snapshot = store.keep(store.path('taken.rdb'), Number(cli(redis, 'dbsize')));
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    store?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const WAITING = ['tenant:acme:tenant-acme.reports', 'tenant-globex'];

  it('brings back all that waits and is in hand, which a kill of Redis does not take again', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, snapshot);

    const filled = await store.run('restic', 'restore.sh', ['pod'], env);
    await fresh.start();
    await eventually('it has loaded', () => cli(fresh, 'ping') === 'PONG');
    const [before, after] = [redis, fresh].map((one) => cli(one, '--scan').split('\n').sort());
    cli(fresh, 'lpush', 'tenant:acme:more', 'after-it');
    await new Promise((done) => setTimeout(done, 1500)); // the file is synced each second
    await fresh.stop('SIGKILL');
    await fresh.start();
    await eventually('it has loaded', () => cli(fresh, 'ping') === 'PONG');
    const kept = cli(fresh, '--scan').split('\n').sort();
    await fresh.remove();

    expect(filled).toMatchObject({ code: 0 });
    expect(filled.output).toContain(`snapshot ${snapshot} is here`);
    expect(after).toEqual(before);
    expect(kept).toEqual([...(after ?? []), 'tenant:acme:more'].sort());
    expect(WAITING.every((key) => after?.includes(key))).toBe(true);
  });

  it.each(['restic', 'redis'] as const)(
    'does nothing where nobody asks for it, in the image of %s',
    async (image) => {
      const { redis: fresh, env } = await emptyRedis();

      const ended = await store.run(image, 'restore.sh', ['pod'], env);

      expect(ended).toEqual({ code: 0, output: '' });
      expect(readdirSync(data(fresh))).toEqual([]);
      await fresh.remove();
    },
  );

  it('leaves a volume alone that has data', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, snapshot);
    mkdirSync(join(data(fresh), 'appendonlydir'));

    const ended = await store.run('restic', 'restore.sh', ['pod'], env);

    expect(ended.code).toBe(0);
    expect(ended.output).toContain('this volume has data');
    expect(readdirSync(data(fresh))).toEqual(['appendonlydir']);
    await fresh.remove();
  });

  it('fails and says why for a snapshot that is not there, and leaves the volume empty', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, 'abad1dea');

    const ended = await store.run('restic', 'restore.sh', ['pod'], env);

    expect(ended.code).toBe(1);
    expect(readFileSync(store.path('message'), 'utf8')).toMatch(
      /^there is no dump in snapshot abad1dea: .*no matching ID/,
    );
    expect(readdirSync(data(fresh))).toEqual([]);
    await fresh.remove();
  });

  it('begins anew after a node died in the middle of it', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, snapshot);
    mkdirSync(join(data(fresh), 'restore.part/appendonlydir'), { recursive: true });
    writeFileSync(join(data(fresh), 'restore.part/appendonlydir/appendonly.aof.1.base.rdb'), 'REDIS half');
    mkdirSync(join(data(fresh), 'lost+found'));

    const ended = await store.run('restic', 'restore.sh', ['pod'], env);

    expect(ended).toMatchObject({ code: 0 });
    expect(readdirSync(data(fresh)).sort()).toEqual(['appendonlydir', 'lost+found', 'member']);
    expect(readFileSync(join(data(fresh), 'appendonlydir/appendonly.aof.1.base.rdb'))).toEqual(
      readFileSync(store.path('taken.rdb')),
    );
    await fresh.remove();
  });

  it('keeps other pods with an empty volume waiting until it is over', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, snapshot, 'redis-0');

    const waiting = store.begin('restic', 'restore.sh', ['pod'], { ...env, POD: 'redis-1' });
    let said = '';
    waiting.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    await eventually('it says so', () => said.includes('waiting until redis-0 is restored'));
    const early = waiting.exitCode;
    const ended = new Promise((done) => waiting.once('close', done));
    rmSync(join(String(env['RESTORE']), 'snapshot'));
    const code = await ended;

    expect([early, code]).toEqual([null, 0]);
    expect(existsSync(join(data(fresh), 'member'))).toBe(false);
    await fresh.remove();
  });

  const drill = async (env: Env = {}) => {
    rmSync(store.path('scratch'), { recursive: true });
    mkdirSync(store.path('scratch'));
    const fetched = await store.run('restic', 'restore.sh', ['fetch'], env);
    if (fetched.code !== 0) return fetched;
    return store.run('redis', 'drill.sh', [], env);
  };

  it('is tried by a drill, which counts by queue what is in the newest snapshot', async () => {
    const { code, output } = await drill();
    const lines = output.trim().split('\n');
    const message = JSON.parse(readFileSync(store.path('message'), 'utf8')) as unknown;

    expect({ code, message }).toMatchObject({ code: 0, message: { ok: true } });
    expect(message).toEqual(JSON.parse(String(lines.at(-1))));
    expect(message).toMatchObject({
      ...{ ok: true, snapshot, expired: 0, messages: 11, unacked: 1, etas: 1, letters: 0, results: 6 },
      time: expect.stringMatching(/^20\d\d-.*Z$/) as string,
    });
    expect(lines.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual(
      expect.arrayContaining([
        '0 queue tenant:acme:tenant-acme.reports 3',
        '0 queue tenant-globex 2',
        '0 queue tenant-globex\\x06\\x163 2',
        '0 unacked tenant:acme:unacked 1',
        '0 eta tenant:acme:unacked 1',
        '0 results tenant:acme:celery-task-meta- 6',
        '0 other left:behind: 1',
      ]),
    );
    const since = Number(lines.find((line) => line.includes('acme.reports'))?.split(' ')[4]);
    expect(Math.abs(Date.now() / 1000 - since)).toBeLessThan(200);
  });

  it('fails a drill that brings back fewer keys than were dumped', async () => {
    const short = store.keep(store.path('taken.rdb'), 1_000);

    const { code } = await drill({ SNAPSHOT: short });

    expect(code).toBe(1);
    expect(readFileSync(store.path('message'), 'utf8')).toMatch(
      /"ok":false,"why":"the dump had 1000 keys, and \d+ came back"/,
    );
  });

  it('fails a drill of a dump that Redis cannot load, in its words', async () => {
    writeFileSync(store.path('broken.rdb'), readFileSync(store.path('taken.rdb')).subarray(0, 400));
    const broken = store.keep(store.path('broken.rdb'));

    const { code } = await drill({ SNAPSHOT: broken });

    expect(code).toBe(1);
    expect(readFileSync(store.path('message'), 'utf8')).toMatch(/"why":"Redis cannot load the dump: .*RDB/);
  });

  it('lists all snapshots', async () => {
    const { code, output } = await store.run('restic', 'restore.sh', ['list']);

    const found = (JSON.parse(output) as { readonly short_id: string }[]).map(({ short_id }) => short_id);
    expect([code, found.includes(snapshot)]).toEqual([0, true]);
  });

  it('of one tenant copies its keys alone beside living neighbours, and leaves what is there', async () => {
    const { redis: living } = await emptyRedis();
    await living.start();
    cli(living, 'set', 'tenant:globex:alive', 'yes');
    ['unacked', 'unacked_index'].forEach((key) => cli(living, 'set', `tenant:acme:${key}`, 'newer'));
    const hash = 'aa'.repeat(32);
    cli(
      living,
      'acl',
      'setuser',
      'restore',
      'on',
      '>secret',
      `#${hash}`,
      '~tenant:acme:*',
      '-@all',
      '+select',
      '+restore',
      '+ping',
    );
    rmSync(store.path('scratch'), { recursive: true });
    mkdirSync(store.path('scratch'));
    await store.run('restic', 'restore.sh', ['fetch'], { SNAPSHOT: snapshot });

    const holding = store.begin('redis', 'drill.sh', [], { HOLD: '60' });
    const held = new Promise((done) => holding.once('close', done));
    await eventually('it is counted', () => existsSync(store.path('scratch/counted')));
    const copying = store.begin('redis', 'copy.sh', [
      '127.0.0.1',
      String(living.port),
      'restore',
      '0',
      'tenant:acme:*',
    ]);
    copying.stdin?.end('secret\n');
    let output = '';
    copying.stdout?.on('data', (text: Buffer) => (output += text.toString()));
    copying.stderr?.on('data', (text: Buffer) => (output += text.toString()));
    const code = await new Promise((done) => copying.once('close', done));
    writeFileSync(store.path('scratch/done'), '');
    await held;
    const keys = cli(living, '--scan').split('\n').sort();
    const kept = cli(living, 'get', 'tenant:acme:unacked');
    const ttl = Number(cli(living, 'ttl', String(keys.find((key) => key.includes('task-meta')))));
    const own = cli(redis, '--scan', '--pattern', 'tenant:acme:*').split('\n');
    await living.remove();

    expect(code).toBe(0);
    for (const key of ['unacked', 'unacked_index'])
      expect(output).toContain(`copy: "tenant:acme:${key}" is there already, and stays`);
    expect(output.trim().split('\n').at(-1)).toBe(`${own.length - 2} 0 ${own.length}`);
    expect(keys).toEqual([...own, 'tenant:globex:alive'].sort());
    expect(kept).toBe('newer');
    expect(ttl).toBeGreaterThan(1000);
  });

  it('fails and says why when the store loses a part of it on the way', async () => {
    const { redis: fresh, env } = await emptyRedis();
    asks(env, snapshot);
    const whole = store.spoil();

    const ended = await store.run('restic', 'restore.sh', ['pod'], env);
    whole();

    expect(ended.code).toBe(1);
    expect(readFileSync(store.path('message'), 'utf8')).toMatch(/could not be brought whole/);
    expect(readdirSync(data(fresh))).toEqual([]);
    await fresh.remove();
  });
});
