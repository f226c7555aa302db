import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import type { Connection } from './redis-connection';
import { type Pod, TWO_TENANTS, describeInShells, podIn } from './redis-pod';
import { eventually } from './redis-server';

/** A small file system in the place of a volume; not everybody may mount one. */
const volume = (pod: Pod, ...options: readonly string[]): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', ...options, 'volume', pod.path('data')]).status === 0;

const CONFIG = 'appendonly yes\nappendfsync everysec\nsave ""\nstop-writes-on-bgsave-error no';

const PIECE = 'x'.repeat(500_000);

/** Writes until Redis refuses, and returns what it says. */
async function fill(admin: Connection): Promise<string> {
  let reply: unknown;
  await eventually('Redis refuses', async () => {
    reply = await admin.send('RPUSH', 'list', PIECE);
    return !/^\d+$/.test(String(reply));
  });
  return String(reply);
}

describeInShells('a Redis whose volume is full', (run) => {
  let pod: Pod;
  let mounted = false;

  beforeEach(async () => {
    pod = await podIn(run, CONFIG);
    pod.mount(TWO_TENANTS);
    mounted = volume(pod, '-o', 'size=8m');
    if (!mounted) console.warn('SKIPPED, not proven: only root may mount a small volume');
  });

  afterEach(async () => {
    await pod.redis.stop();
    spawnSync('umount', [pod.path('data')]);
    await pod.remove();
  });

  it('says why and what to do, is not restarted, and goes on by itself when its claim has grown', async () => {
    if (!mounted) return;
    await pod.start();
    const admin = await pod.admin();

    const refusal = await fill(admin);
    await pod.says('cannot write its append-only file and refuses all work: is its volume full?');
    const [ready, live] = [await pod.probe('ready'), await pod.probe('live')];
    const grown = volume(pod, '-o', 'remount,size=64m');
    await pod.says('Redis writes its append-only file again');

    expect(refusal).toMatch(/MISCONF .*No space left on device/);
    expect([ready.code, live.code, grown]).toEqual([1, 0, true]);
    expect(ready.output).toContain('No space left on device');
    expect(await admin.send('RPUSH', 'list', PIECE)).toEqual(expect.any(Number));
    expect((await pod.probe('ready')).code).toBe(0);
  });

  it('goes on by itself when its last snapshot is deleted', async () => {
    if (!mounted) return;
    await pod.start();
    const admin = await pod.admin();
    for (let i = 0; i < 4; i += 1)
      await admin.send('SET', `key-${i}`, randomBytes(300_000).toString('base64'));
    await admin.send('SAVE');

    await fill(admin);
    await pod.says('refuses all work');
    rmSync(pod.path('data', 'dump.rdb'));
    await pod.says('Redis writes its append-only file again');

    expect(await admin.send('SET', 'key', 'value')).toBe('OK');
  });

  it('loses at most the last command of each connection when it is killed, and nothing when it grows', async () => {
    if (!mounted) return;
    await pod.start();
    const senders = await Promise.all(Array.from({ length: 20 }, () => pod.admin()));
    const sent = async (sender: Connection): Promise<number> => {
      for (let count = 0; ; count += 1)
        if (!/^\d+$/.test(String(await sender.send('RPUSH', 'list', PIECE.slice(0, 2000))))) return count;
    };
    const accepted = (await Promise.all(senders.map(sent))).reduce((sum, count) => sum + count, 0);
    const there = await (await pod.admin()).send('LLEN', 'list');

    await pod.redis.stop('SIGKILL');
    volume(pod, '-o', 'remount,size=64m');
    await pod.redis.start();
    await eventually('it has read its data', async () => (await pod.probe('ready')).code === 0);
    const after = Number(await (await pod.admin()).send('LLEN', 'list'));

    expect(there).toBe(accepted);
    expect(accepted - after).toBeGreaterThanOrEqual(0);
    expect(accepted - after).toBeLessThanOrEqual(senders.length);
  });

  it('says that a save has failed, and works on', async () => {
    if (!mounted) return;
    await pod.start();
    const admin = await pod.admin();
    mkdirSync(pod.path('data', 'dump.rdb', 'not a file'), { recursive: true });

    await admin.send('BGSAVE');
    await pod.says('could not write a snapshot, or shorten its append-only file: it works on');
    const ready = await pod.probe('ready');
    rmSync(pod.path('data', 'dump.rdb'), { recursive: true });
    await eventually('it saves again', async () => {
      await admin.send('BGSAVE');
      return pod.log().includes('Redis saves again');
    });

    expect(ready.code).toBe(0);
  });
});
