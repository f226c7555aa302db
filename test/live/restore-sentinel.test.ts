/** All volumes of a broker with sentinels are empty, and one pod is filled from a backup: it becomes the primary. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { lackingForBackups, storeIn } from './backup/store';
import type { Store } from './backup/store';
import { eventually } from './redis-server';
import { type Broker, type Pod, brokerOf } from './sentinel/pods';
import { guarded } from './sentinel/tenant';

const missing = lackingForBackups.join(' and ');
if (missing !== '') console.warn(`a restore beside sentinels is NOT proven here: ${missing} not on PATH`);

/** Seconds: sentinels wait for absent pods before they choose. */
const PATIENCE = 60;

(missing === '' ? describe : describe.skip)('a restore of a broker with sentinels', () => {
  let broker: Broker;
  let store: Store;

  const primary = async (): Promise<Pod> => {
    let found: Pod | undefined;
    await eventually('a primary', async () => (found = await broker.primary()) !== undefined, PATIENCE);
    if (found === undefined) throw new Error('there is no primary');
    return found;
  };
  const dump = (pod: Pod, file: string): void => {
    const args = ['-p', String(pod.port), '--user', 'admin', '--rdb', file];
    const env = {
      PATH: process.env['PATH'],
      REDISCLI_AUTH: readFileSync(pod.path('run/redis/admin'), 'utf8'),
    };
    if (spawnSync('redis-cli', args, { env }).status !== 0) throw new Error('no dump');
  };

  beforeAll(async () => {
    broker = await brokerOf(guarded());
    store = storeIn();
    await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.start()));
  });

  afterAll(async () => {
    await broker?.remove();
    store?.remove();
  });

  it('fills redis-0, which is chosen, and the others copy', async () => {
    const old = await primary();
    for (let i = 0; i < 50; i += 1) await old.ask('RPUSH', 'celery', `message ${i}`);
    dump(old, store.path('taken.rdb'));
    const snapshot = store.keep(store.path('taken.rdb'));
    await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.remove()));
    broker.redis.forEach((pod) => pod.empty());

    const [first, ...others] = broker.redis;
    if (first === undefined) throw new Error('there is no redis-0');
    mkdirSync(first.path('data'), { recursive: true });
    writeFileSync(store.path('scratch/snapshot'), snapshot);
    writeFileSync(store.path('scratch/pod'), 'redis-0');
    const env = { REDIS_DATA: first.path('data'), RESTORE: store.path('scratch'), POD: 'redis-0' };
    const sentinels = Promise.all(broker.sentinels.map((pod) => pod.start()));
    const filled = await store.run('restic', 'restore.sh', ['pod'], env);
    await Promise.all([first, ...others].map((pod) => pod.start()));
    await sentinels;
    const next = await primary();
    const [here, ...copies] = await Promise.all(
      broker.redis.map(async (pod) => {
        await eventually(
          `${pod.name} has all`,
          async () => (await pod.ask('LLEN', 'celery')) === 50,
          PATIENCE,
        );
        return pod.ask('LLEN', 'celery');
      }),
    );

    expect(filled).toMatchObject({ code: 0 });
    expect(next.name).toBe('redis-0');
    expect([here, ...copies]).toEqual([50, 50, 50]);
  });
});
