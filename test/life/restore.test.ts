// A broker with backups on a cluster: its namespace and volumes go under load, and come back; then one tenant alone.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HAS_CLUSTER, START, redis, until } from '../e2e/cluster';
import { ROOT } from '../e2e/cli';
import { asked } from '../e2e/kubectl';
import { load, producer, settled } from '../e2e/load';
import { allReady } from '../e2e/pods';
import { NAMESPACES, render } from './backed-up';

if (!HAS_CLUSTER) console.warn('a restore is NOT proven here: KUBECONFIG names no cluster');

const ROOTS = [
  ...[...NAMESPACES, 'postgres', 'stalk-s3'].map((name) => `namespace/${name}`),
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

const BACKLOG = { rate: 20, count: 160, task: { seconds: 1 } } as const;

(HAS_CLUSTER ? describe : describe.skip)('a broker with backups', () => {
  beforeAll(async () => {
    const there = await asked('get', ...ROOTS, '--ignore-not-found', '-o', 'name');
    if (there.trim() !== '') throw new Error(`the cluster must not have ${there}`);
    await asked(
      'apply',
      '-f',
      join(__dirname, '..', 'e2e', 'postgres.yaml'),
      '-f',
      join(__dirname, 's3.yaml'),
    );
    await applied();
    await allReady(['postgres', 'stalk-s3', ...NAMESPACES], START);
    for (const tenant of ['acme', 'newcomer']) await producer(tenant);
  });

  afterAll(async () => {
    await asked('delete', ...ROOTS, '--ignore-not-found', '--timeout=180s');
  });

  it('comes back after its namespace and volumes are gone: nothing that was in the backup is lost', async () => {
    const before = await load('acme', BACKLOG);
    await before.sent;
    const during = await load('acme', { ...BACKLOG, rate: 5, count: 100 });
    await done('backup', 'now', 'shared');
    const listed = await done('backup', 'list', 'shared');
    during.stop();
    await during.sent;

    await asked('delete', 'namespace', 'broker-shared', '--timeout=180s');
    await applied();
    await until(
      'Redis is there, and empty',
      async () => (await redis('broker-shared', 'ping').catch(() => '')) === 'PONG',
    );
    const shown = await done('backup', 'show', 'shared');
    const planned = await done('restore', 'shared', '--from', 'latest', '--dry-run');
    const restored = await done('restore', 'shared', '--from', 'latest', '--over-live-data');
    const [count, later] = [await settled(before, REDELIVERED), await settled(during, 5)];

    expect(listed).toMatch(/^SNAPSHOT +TAKEN/);
    expect(shown).toMatch(/acme +tenant-acme +\d+ /);
    expect(planned).toContain('Runs (again): ');
    expect(restored).toMatch(/Came back: (\d+) of \1 keys/);
    expect(count.lost).toEqual([]);
    console.info(listed, planned, restored, { count, later: { ...later, lost: later.lost.length } });
  });

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
});
