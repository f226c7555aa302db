// A broker on a cluster that gets more memory, less than it holds, and a newer Redis, under load; tasks are counted.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HAS_CLUSTER, START, applied, redis, until } from '../e2e/cluster';
import { podOf } from '../e2e/faults';
import { asked } from '../e2e/kubectl';
import { allReady } from '../e2e/pods';
import { changes, counted, sends } from './changes';
import { NAME, synced, treeOf } from './synced';
import { consequencesOf } from './told';

if (!HAS_CLUSTER) console.warn('memory and versions are NOT proven here: KUBECONFIG names no cluster');

const small = { topology: 'standalone', cpu: '50m', storage: '1Gi' } as const;
const before = treeOf({ ...small, memory: '128Mi' });
const more = treeOf({ ...small, memory: '256Mi' });
const NEWER = 'redis:8.0.2-alpine';
const newer = treeOf({ ...small, memory: '128Mi', image: NEWER });

/** Nodes of the bench pull nothing. @returns what takes it away again */
function image(name: string): () => void {
  const bench = process.env.STALK_BENCH;
  if (bench === undefined) return () => undefined;
  const env = { ...process.env, SUITE: 'trixie' };
  execFileSync(join(bench, 'image.sh'), [name, 'redis-server'], { env, stdio: 'pipe' });
  const home = process.env.BENCH_HOME ?? join(homedir(), '.cache', 'stalk-bench');
  return () => rmSync(join(home, 'images', `docker.io_library_${name.replace(/[:/]/g, '_')}.tar`));
}

const waiting = async (): Promise<number> => Number(await redis(NAME, 'llen celery'));

const scaled = (replicas: number): Promise<string> =>
  asked('scale', '-n', NAME, 'deploy/worker-default', `--replicas=${replicas}`);

const reasonOfItsEnd = async (): Promise<string | undefined> => {
  const { status } = await podOf(NAME, 'redis');
  return status.containerStatuses?.find(({ name }) => name === 'redis')?.lastState?.terminated?.reason;
};

(HAS_CLUSTER ? describe : describe.skip)('a broker with data', () => {
  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await synced(before.platform);
    await synced(before.tenant);
    await allReady(['postgres', NAME], START);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', NAME, 'postgres', '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('gets more memory', async () => {
    const count = await changes(before, more);

    expect(await redis(NAME, 'config get maxmemory')).toContain('187904819');
    expect(count).toMatchObject({ lost: [] });
  });

  it('gets less memory than it holds: it ends at each start, and has all its tasks when it gets it back', async () => {
    await scaled(0);
    const early = await sends();
    await until('tasks wait', async () => (await waiting()) > 40);
    // In pieces: a script's writes wait in memory for the file, beside what they write
    for (let i = 1; i <= 15; i++)
      await redis(NAME, `eval "redis.call('set', 'ballast:${i}', string.rep('x', 10000000))" 0`);
    const { steps } = consequencesOf(more, before).find(({ type }) => type === 'restarts') ?? {};
    const began = Date.now();
    await applied({ apiVersion: 'v1', kind: 'List', items: before.tenant });
    await until('the kernel kills it', async () => (await reasonOfItsEnd().catch(() => '')) === 'OOMKilled');
    await synced(more.tenant);
    await redis(NAME, `eval "for i = 1, 15 do redis.call('del', 'ballast:' .. i) end" 0`);
    const count = await counted(early, Math.round((Date.now() - began) / 1000));

    expect(steps?.join()).toContain('above 128Mi it ends at each start until it has 256Mi again');
    expect(count).toMatchObject({ lost: [] });
  });

  it('gets less memory, of which it has enough', async () => {
    expect(await changes(more, before)).toMatchObject({ lost: [] });
  });

  it('gets a newer Redis', async () => {
    const remove = image(NEWER);
    const count = await changes(before, newer).finally(remove);

    expect(await redis(NAME, 'info server')).toMatch(/redis_version:8\.0/);
    expect(
      consequencesOf(before, newer)
        .flatMap(({ steps }) => steps)
        .join(),
    ).toContain('redis 7.2 cannot read what redis 8.0 writes');
    expect(count).toMatchObject({ lost: [] });
  });
});
