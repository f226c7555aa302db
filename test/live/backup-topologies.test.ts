/** Rendered backups of brokers with replicas, in plain text and with certificates: from a replica into a bucket, and back. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import { patternsOf } from '../../lib/backups/one-tenant';
import { GUEST_PROGRAM } from '../../lib/backups/runtime';
import { platforms } from '../../lib/platform';
import { type Json, type Synth, broker as rendered, lookup, tenantOf } from '../support/synth';
import { type Arguments, argumentsOf } from './backup/arguments';
import { BUCKET, type Bucket, bucket, lackingBucket } from './backup/bucket';
import { type JobPod, jobPod } from './backup/pods';
import { type Recorded, recordedIn } from './backup/recorded';
import { lackingForBackups } from './backup/store';
import { place } from './place';
import { eventually, finished, isOnPath } from './redis-server';
import { type Broker, type Pod, brokerOf, settled, startAll } from './sentinel/pods';
import { type Authority, type Files, authority } from './tls/certificates';

const lacking = [
  ...lackingForBackups,
  ...['redis-check-rdb', 'openssl'].filter((program) => !isOnPath(program)),
  ...(lackingBucket === '' ? [] : [lackingBucket]),
].join(' and ');
if (lacking !== '') console.warn(`backups of brokers with replicas are NOT proven here: no ${lacking}`);

/** Seconds: sentinels wait for absent pods before they choose. */
const PATIENCE = 80;

const tenants: readonly Tenant[] = ['acme', 'globex'].map((name) =>
  tenantOf({ name, broker: { shared: 'main' } }),
);

type Topology = 'replicated' | 'sentinel';

const environmentOf = (topology: Topology, endpoint: string, sealed: boolean): Environment => ({
  ...place,
  brokers: {
    main: {
      topology,
      replicas: topology === 'sentinel' ? 2 : 1,
      ...(sealed && { tls: { secret: 'certificates' } }),
      backup: { to: { kind: 's3', endpoint, bucket: BUCKET, egress: { cidr: '127.0.0.1/32' } } },
    },
  },
});

const patterns = (environment: Environment): readonly string[] => {
  const [platform] = platforms({ environments: [environment], tenants });
  const [acme] = platform?.tenants ?? [];
  if (acme === undefined) throw new Error('there is no tenant');
  return patternsOf(acme);
};

/** A group that has ended is not there. */
function ended(kill: () => void): void {
  try {
    kill();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const WAITING = ['tenant:acme:tenant-acme', 'tenant:globex:tenant-globex'] as const;

(lacking === '' ? describe : describe.skip).each([
  ['replicas', 'replicated', false],
  ['replicas and certificates', 'replicated', true],
  ['sentinels', 'sentinel', false],
  ['sentinels and certificates', 'sentinel', true],
] as const)('backups of a broker with %s', (_, topology, sealed) => {
  let folder: string;
  let store: Bucket;
  let ours: Authority;
  let files: { readonly servers: Files; readonly clients: Files } | undefined;
  let objects: Synth;
  let broker: Broker;
  let images: Recorded;
  let seen: Arguments;
  let logs = '';
  /** Of a guest who is cut off: each is a group of processes. */
  const timers: number[] = [];
  let snapshot = '';

  const job = (name: string): JobPod =>
    jobPod(name, {
      ...{ folder, objects, images, names: broker.names },
      ...(files && { files: files.clients }),
    });
  const said = async (pod: JobPod, env = {}): Promise<Json> => {
    const ended = await pod.run(env);
    logs += ended.log + ended.said;
    return { code: ended.code, ...JSON.parse(ended.said || '{}') };
  };
  /** A replica of a fixed primary is never promoted: its priority does not tell whether it has copied. */
  const ready = async (): Promise<Pod> => {
    if (topology === 'sentinel') return settled(broker);
    const [primary, ...replicas] = broker.redis;
    if (primary === undefined) throw new Error('there is no redis-0');
    await eventually(
      'all follow redis-0',
      async () =>
        (await Promise.all(replicas.map((pod) => pod.info()))).every(
          (info) => info['master_link_status'] === 'up',
        ),
      PATIENCE,
    );
    return primary;
  };
  const stat = async (pod: Pod, name: string): Promise<number> =>
    Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(String(await pod.ask('INFO')))?.[1]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'backed-up-'));
    seen = argumentsOf(folder);
    images = recordedIn(folder);
    store = await bucket();
    ours = authority('ours');
    files = sealed ? { servers: ours.sign('127.0.0.1'), clients: ours.sign() } : undefined;
    objects = rendered('main', environmentOf(topology, store.endpoint, sealed), tenants);
    broker = await brokerOf(objects, undefined, files?.servers);
    await startAll([...broker.redis, ...broker.sentinels]);
    const primary = await ready();
    for (const key of WAITING) await primary.ask('RPUSH', key, ...Array<string>(50).fill(`{"of":"${key}"}`));
    await primary.ask('SET', 'tenant:acme:celery-task-meta-1', 'a result', 'EX', '3600');
    await Promise.all(
      broker.redis.map((pod) =>
        eventually(`${pod.name} has all`, async () => (await pod.ask('DBSIZE')) === 3, PATIENCE),
      ),
    );
  });

  afterAll(async () => {
    seen?.stop();
    timers.forEach((pid) => ended(() => process.kill(-pid, 'SIGKILL')));
    await broker?.remove();
    store?.remove();
    ours?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('dump a replica, not the primary, and store what it holds', async () => {
    const primary = await ready();
    const replicas = broker.redis.filter((pod) => pod !== primary);
    const copies = (of: readonly Pod[]): Promise<number[]> =>
      Promise.all(of.map((pod) => stat(pod, 'sync_full')));
    const [before] = await copies([primary]);

    const run = await said(job('redis-backup'));

    expect(run).toMatchObject({ code: 0, ok: true, keys: 3 });
    expect(await copies([primary])).toEqual([before]);
    expect((await copies(replicas)).reduce((sum, count) => sum + count, 0)).toBe(1);
    snapshot = String(run.snapshot);
  });

  it('are taken from the primary while no replica follows it', async () => {
    const primary = await ready();
    const replicas = broker.redis.filter((pod) => pod !== primary);
    await Promise.all(replicas.map((pod) => pod.signal('SIGSTOP')));

    const run = await said(job('redis-backup'));
    await Promise.all(replicas.map((pod) => pod.signal('SIGCONT')));

    expect(run).toMatchObject({ code: 0, ok: true, keys: 3 });
    await ready();
  });

  it('come back in a drill', async () => {
    const run = await said(job('redis-drill'), { SNAPSHOT: snapshot });

    expect(run).toMatchObject({ code: 0, ok: true, snapshot, keys: 3, expired: 0, results: 1 });
  });

  it('give one tenant its keys back in the living primary', async () => {
    const primary = await ready();
    await primary.ask('DEL', WAITING[0], 'tenant:acme:celery-task-meta-1');
    await primary.ask('RPUSH', WAITING[1], 'newer');
    const password = 'not-a-secret_of_the_guest_0123456789';
    const hash = 'ab'.repeat(32);
    const own = patterns(environmentOf(topology, store.endpoint, sealed));
    const guest = async (...args: readonly string[]): Promise<void> => {
      const env = {
        PATH: process.env['PATH'],
        ...{ USERS_RUN: primary.path('run/redis'), REDIS_PORT: String(primary.port) },
        ...(sealed && { REDIS_TLS: primary.path('etc/redis-tls') }),
      };
      const child = spawn('sh', ['-c', GUEST_PROGRAM, 'sh', ...args], { env, detached: true });
      timers.push(Number(child.pid));
      const ended = await finished(child);
      if (ended.code !== 0) throw new Error(ended.output);
    };
    await guest(
      ...['add', '60', 'on', `#${hash}`, 'resetkeys', 'resetchannels', ...own.map((one) => `~${one}`)],
      ...['-@all', '+restore', '+select', '+ping'],
    );
    await primary.ask('ACL', 'SETUSER', 'restore', `>${password}`);

    const drill = job('redis-drill');
    const fetched = await finished(drill.begin('fetch', { SNAPSHOT: snapshot }));
    const holding = drill.begin('drill', { HOLD: '120' });
    const held = finished(holding);
    await eventually('it is counted', () => drill.says('{"ok":true'), PATIENCE);
    const copied = await drill.exec(
      'drill',
      ['copy.sh', '127.0.0.1', String(primary.port), 'restore', '0', ...own],
      `${password}\n`,
    );
    writeFileSync(drill.path('scratch/done'), '');
    logs += (await held).output + copied.output;
    await guest('remove');

    expect(fetched.code).toBe(0);
    expect(copied).toEqual({ code: 0, output: '2 0 2\n' });
    expect(await primary.ask('LLEN', WAITING[0])).toBe(50);
    expect(await primary.ask('LLEN', WAITING[1])).toBe(51);
    expect(Number(await primary.ask('TTL', 'tenant:acme:celery-task-meta-1'))).toBeGreaterThan(600);
    expect(await primary.ask('ACL', 'GETUSER', 'restore')).toBeNull();
  });

  it('fill redis-0 when all volumes are lost, which is the primary then, and the others copy', async () => {
    await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.remove()));
    broker.redis.forEach((pod) => pod.empty());
    const note = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'redis-restore' },
      data: { snapshot, pod: 'redis-0' },
    };

    broker = await brokerOf(lookup([...objects.all, note]), broker.place, files?.servers);
    const [first, ...others] = broker.redis;
    if (first === undefined) throw new Error('there is no redis-0');
    const rest = startAll([...others, ...broker.sentinels]);
    await first.start();
    logs += first.log();
    others.forEach((pod) => rmSync(pod.path('restore/snapshot'), { force: true }));
    await rest;
    const primary = await ready();

    expect(primary.name).toBe('redis-0');
    for (const pod of broker.redis)
      for (const key of WAITING) expect([pod.name, await pod.ask('LLEN', key)]).toEqual([pod.name, 50]);
  });

  it('show no password in an argument of a process, in a log or in the name of a file', () => {
    const passwords: readonly string[] = ['redis-users', 'redis-backup'].flatMap((name) =>
      Object.values<string>(objects.byKind('Secret', name).stringData),
    );
    const secrets = [
      ...passwords,
      'not-a-secret_of_the_guest_0123456789',
      ...broker.redis.map((pod) => readFileSync(pod.path('run/redis/admin'), 'utf8').trim()),
    ];
    const shown = images.started() + seen.seen() + logs;

    for (const program of ['redis-cli', 'restic', 'redis-server', 'redis-check-rdb']) {
      expect(images.started()).toContain(`\n${program} `);
    }
    expect(seen.seen()).toContain('redis-server');
    expect(logs).toContain(`"snapshot":"${snapshot}"`);
    expect(Math.min(...secrets.map(({ length }) => length))).toBeGreaterThan(15);
    expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  });
});
