// Brokers with backups on a cluster: namespace and volumes go under load, and come back; one tenant alone; drills.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HAS_CLUSTER, START, redis, until } from '../e2e/cluster';
import { ROOT } from '../e2e/cli';
import { asked } from '../e2e/kubectl';
import { load, producer, settled, underWay } from '../e2e/load';
import { killed, podOf } from '../e2e/faults';
import { allReady } from '../e2e/pods';
import { NAMESPACES, render, tenants } from './backed-up';
import { drillVerified, drilled } from './drill';
import { pauseDuring } from './pause';
import { whileDamaged } from './store';

if (!HAS_CLUSTER) console.warn('a restore is NOT proven here: KUBECONFIG names no cluster');

const ROOTS = [
  ...[...NAMESPACES, 'postgres', 'stalk-s3', 'stalk-e2e-tools'].map((name) => `namespace/${name}`),
  'priorityclass/stalk-broker',
];
const LIST = join('test', 'life', 'backed-up.ts');

/** `stalk`, which must end well; `--from` of a restore is the snapshot, and the list has another name there. */
async function done(...args: readonly string[]): Promise<string> {
  const list = [args[0] === 'restore' ? '--list' : '--from', LIST];
  const command = ['scripts/stalk.cjs', ...args, '--env', 'e2e', ...list];
  try {
    return (await promisify(execFile)(process.execPath, command, { cwd: ROOT })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`stalk ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
  }
}

const applied = (): Promise<string> => asked('apply', '--server-side', '-k', render());

/** Seconds: a task in hand comes back after 60, and kombu looks every ten. */
const REDELIVERED = 150;

const BACKLOG = { rate: 20, count: 60, task: { seconds: 0.5 } } as const;

/** It cannot end what it has in hand, and no other comes before the tree brings one. */
async function workerDies(tenant: string): Promise<void> {
  const worker = await podOf(tenant, 'worker-default');
  await asked('delete', 'deploy', '-n', tenant, 'worker-default', '--wait=false');
  await killed(worker, 'celery');
}

/** Shorter than the limit of the pool, and longer than it takes to kill a worker. */
const IN_HAND = { rate: 20, count: 4, task: { seconds: 8 } } as const;

/** A broker is lost with all that it has, between a backup and what was sent since, and restored. */
async function lostAndRestored(tenant: string, broker: string) {
  const namespace = `broker-${broker}`;
  const inHand = await load(tenant, IN_HAND);
  await inHand.sent;
  await until('a task is in hand', async () => (await underWay(inHand)) > 0);
  await workerDies(tenant);
  const waiting = await load(tenant, BACKLOG);
  const during = await load(tenant, { ...BACKLOG, rate: 5, count: 2000 });
  await waiting.sent;
  const pause = await pauseDuring(tenant, () => done('backup', 'now', broker));
  during.stop();
  await during.sent;
  const listed = await done('backup', 'list', broker);
  const refused = await done('restore', broker, '--from', 'latest').catch(String);

  await asked('delete', 'namespace', namespace, '--timeout=180s');
  await applied();
  const planned = await done('restore', broker, '--from', 'latest', '--dry-run');
  const restored = await done('restore', broker, '--from', 'latest', '--over-live-data');
  const counts = [await settled(inHand, REDELIVERED), await settled(waiting, REDELIVERED)];
  const later = await settled(during, 5);
  console.info(
    listed,
    planned,
    restored,
    JSON.stringify({ pause, counts, later: { ...later, lost: later.lost.length } }),
  );
  return { pause, refused, planned, restored, counts, later };
}

const SHARED = 'broker-shared';

/** What opens the backups of the shared broker. @returns the key of before */
async function keyChanged(key: string): Promise<string> {
  const secret = ['secret', 'redis-backup', '-n', SHARED];
  const before = await asked('get', ...secret, '-o', 'jsonpath={.data.encryption-key}');
  await asked('patch', ...secret, '--type=merge', '-p', JSON.stringify({ data: { 'encryption-key': key } }));
  return before;
}

const BACK = { lost: [], refused: 0 };

(HAS_CLUSTER ? describe : describe.skip)('a broker with backups', () => {
  beforeAll(async () => {
    const there = await asked('get', ...ROOTS, '--ignore-not-found', '-o', 'name');
    if (there.trim() !== '') throw new Error(`the cluster must not have ${there}`);
    for (const file of ['../e2e/postgres.yaml', '../e2e/tools.yaml', 's3.yaml'])
      await asked('apply', '-f', join(__dirname, file));
    await applied();
    await allReady(['postgres', 'stalk-s3', 'stalk-e2e-tools', ...NAMESPACES], START);
    for (const { name } of tenants) await producer(name);
  });

  afterAll(async () => {
    await asked('delete', ...ROOTS, '--ignore-not-found', '--timeout=180s');
  });

  it.each([
    ['standalone', 'acme', 'shared'],
    ['sentinel', 'guild', 'elected'],
  ])(
    'of topology %s comes back after its namespace and volumes are gone: nothing that was in the backup is lost',
    async (_, tenant, broker) => {
      const { pause, refused, planned, restored, counts, later } = await lostAndRestored(tenant, broker);

      expect(planned).toMatch(/Runs \(again\): \d+ messages, \d+ that waited and [1-4] that were in hand/);
      expect(refused).toContain('must hold no work for a restore');
      expect(restored).toMatch(/Came back: (\d+) of \1 keys/);
      expect(counts).toEqual([expect.objectContaining(BACK), expect.objectContaining(BACK)]);
      expect(later.refused).toBe(0);
      expect(pause.pings).toBeGreaterThan(100);
    },
  );

  it('gives one tenant back beside a neighbour at work, which loses and repeats nothing', async () => {
    const mine = await load('newcomer', BACKLOG);
    await mine.sent;
    await done('backup', 'now', 'shared');
    await redis(
      'broker-shared',
      "eval \"for _, k in ipairs(redis.call('keys', 'tenant:newcomer:*')) do redis.call('del', k) end\" 0",
    );
    const neighbour = await load('acme', { ...BACKLOG, rate: 5, count: 60, task: { seconds: 0.2 } });

    const restored = await done('restore', 'newcomer', '--from', 'latest', '--over-live-data');
    const [count, others] = [await settled(mine, REDELIVERED), await settled(neighbour, REDELIVERED)];
    const users = await redis('broker-shared', 'acl users');

    expect(restored).toMatch(/Came back: (\d+) of \d+ keys/);
    expect(count.lost).toEqual([]);
    expect([others.lost, others.twice]).toEqual([[], 0]);
    expect(users.split('\n')).not.toContain('restore');
    console.info(restored, { count, others });
  });

  it('is drilled: a damaged backup and one of another key fail and say so, a good one is counted', async () => {
    const [, newest, keys] = /^([0-9a-f]{8}) .* (\d+)$/m.exec(await done('backup', 'list', 'shared')) ?? [];
    const { broken, saidOfBroken } = await whileDamaged('e2e/brokers/shared', async () => ({
      broken: await drilled(SHARED),
      saidOfBroken: await drillVerified('acme'),
    }));
    const key = await keyChanged(Buffer.from('another key').toString('base64'));
    const sealed = await drilled(SHARED);
    await keyChanged(key);
    const good = await drilled(SHARED);
    await until('the CronJob knows', async () => (await drillVerified('acme')).verdict === 'ok');
    const saidOfGood = await drillVerified('acme');
    console.info(broken, saidOfBroken, sealed, good, saidOfGood);

    expect(broken).toMatchObject({
      ended: 'Failed',
      said: expect.stringContaining('ciphertext verification failed'),
    });
    expect(saidOfBroken).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('ciphertext verification failed'),
    });
    expect(sealed).toMatchObject({ ended: 'Failed', said: expect.stringContaining('wrong password') });
    expect(good.ended).toBe('Complete');
    const facts = JSON.parse(String(/^\{"ok":true.*$/m.exec(good.said))) as {
      snapshot: string;
      keys: number;
      expired: number;
    };
    expect(facts.snapshot).toBe(newest);
    expect(facts.keys + facts.expired).toBe(Number(keys));
    expect(saidOfGood.found).toContain(`snapshot ${newest} of `);
  });
});
