/** Another version under the same tasks: two of Celery side by side on one queue, another Redis over the data of Celery. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, type Scene, kill, scene } from './loss/scene';
import { lacking } from './python';
import { eventually } from './redis-server';

if (lacking.length > 0)
  console.warn(`other versions are NOT proven here: ${lacking.join(' and ')} not on PATH`);

/** Where `scripts/other-redis.sh build/other-redis` puts its servers. */
const OTHERS = join(__dirname, '../../build/other-redis');

const EVERYTHING: readonly Ask[] = [
  { task: 'work', args: [0.1], count: 30, every: 0.05 },
  { task: 'flaky', args: [0], count: 4 },
  { task: 'chord', args: [0.1], count: 4 },
  { task: 'work', args: [0], count: 4, countdown: 4 },
  { task: 'work', args: [0.1], count: 20, every: 0.05 },
];

/** Seconds: a killed worker's tasks come back after 39. */
const PATIENCE = 90;

const described = lacking.length > 0 ? describe.skip : describe;

described('two versions of Celery side by side', () => {
  let set: Scene;

  afterEach(() => set.remove());

  it.each([
    ['5.5', '5.6'],
    ['5.5', '5.7'],
    ['5.6', '5.7'],
    ['5.7', '5.5'],
  ])('run what either of them sent, each task once: from %s to %s', async (from, to) => {
    set = await scene(from);
    const old = await set.worker('old');

    const early = set.send(...EVERYTHING);
    await set.worker('new', to);
    const late = await set.sendWith(to, ...EVERYTHING);
    await Promise.all([early.ended, late.ended]);
    await old.stop(); // the rollout is through
    const after = await set.sendWith(to, ...EVERYTHING);
    await after.ended;
    const count = await set.settled(PATIENCE);

    console.info(`Celery ${from} → ${to}: ${JSON.stringify(count)}`);
    expect(count).toEqual({ accepted: 3 * 78, refused: 0, lost: 0, again: 0, twice: 0 });
  });
});

const images = [
  ['Redis 8.0', join(OTHERS, 'redis/bin/redis-server')],
  ['Valkey 8.1', join(OTHERS, 'valkey/bin/valkey-server')],
] as const;
const there = images.every(([, program]) => existsSync(program));
if (!there)
  console.warn('another image is NOT proven here: run scripts/other-redis.sh build/other-redis first');

(there ? described : describe.skip)('another image of Redis over the data of Celery', () => {
  let set: Scene;

  afterEach(() => set.remove());

  const asked = async (...command: readonly string[]) => {
    const admin = await set.redis.admin();
    const reply = await admin.send(...command);
    admin.close();
    return reply;
  };
  const shape = async () => ({
    waiting: await asked('LLEN', 'tenant:acme:tenant-acme'),
    taken: await asked('HLEN', 'tenant:acme:unacked'),
    due: await asked('ZCARD', 'tenant:acme:unacked_index'),
    keys: await asked('DBSIZE'),
  });
  const replaced = async (program: string): Promise<void> => {
    await set.redis.stop('SIGTERM');
    set.redis.becomes(program);
    await set.redis.start();
    await eventually('it has loaded', async () =>
      /loading:0/.test(String(await asked('INFO', 'persistence'))),
    );
  };
  /** Waiting, in hand, with a time, done with a result: all that a broker holds. */
  const filled = async (): Promise<void> => {
    set = await scene('5.6');
    await set.send({ task: 'work', args: [0], count: 10 }, { task: 'chord', args: [0], count: 2 }).ended;
    const worker = await set.worker('first');
    await eventually(
      'the first are done',
      () => set.journal().filter(({ what }) => what === 'end').length >= 20,
      40,
    );
    await set.send(
      { task: 'work', args: [0], count: 3, countdown: 20 },
      { task: 'work', args: [1], count: 30 },
    ).ended;
    await eventually('some are in hand', async () => Number((await shape()).taken) >= 5, 40);
    kill(worker);
    await worker.ended;
  };
  const ended = async (): Promise<void> => {
    await set.worker('second');
    const count = await set.settled(PATIENCE);
    console.info(JSON.stringify(count));
    expect(count).toMatchObject({ accepted: 20 + 33, refused: 0, lost: 0, twice: 0 });
  };

  it.each(images)('has every message and result, and all run: %s', async (_, program) => {
    await filled();
    const before = await shape();

    await replaced(program);

    expect(await shape()).toEqual(before);
    await ended();
  });

  it.each(images)(
    'goes back with all of it, where it was written as commands first: %s',
    async (_, program) => {
      await filled();
      await replaced(program);
      const before = await shape();

      await asked('CONFIG', 'SET', 'save', '');
      await asked('CONFIG', 'SET', 'aof-use-rdb-preamble', 'no');
      await asked('BGREWRITEAOF');
      await eventually('it is written', async () =>
        /aof_rewrite_in_progress:0[^]*aof_last_bgrewrite_status:ok/.test(
          String(await asked('INFO', 'persistence')),
        ),
      );
      await replaced('redis-server');

      expect(await shape()).toEqual(before);
      await ended();
    },
  );
});
