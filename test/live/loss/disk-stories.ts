/** What becomes of tasks when the volume of Redis fills, or brings back less than was written. */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished, sleep } from '../redis-server';
import type { Scene } from './scene';
import { type Story, begun, inScene, meanwhile, told } from './story';

const ONE = ['5.6'];
const PATIENCE = 200;

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('full volumes are NOT proven here: only root may mount one');

const refused = (set: Scene): number => set.sent().filter((send) => 'refused' in send).length;

const volume = (set: Scene, options: string): void => {
  const { status } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    options,
    'volume',
    join(set.redis.folder, 'data'),
  ]);
  if (status !== 0) throw new Error(`cannot mount a volume with ${options}`);
};

/** As a person runs it in the container `users`. */
const mend = (set: Scene, verb: string): ReturnType<typeof finished> =>
  finished(
    spawn('sh', [join(set.redis.folder, 'scripts/data.sh'), verb], {
      env: {
        ...process.env,
        REDIS_DATA: join(set.redis.folder, 'data'),
        USERS_RUN: join(set.redis.folder, 'run'),
      },
    }),
  );

/** 20 kB each: some three times as much is written for each. */
const LARGE = { task: 'work', args: [0.02], bytes: 20_000, every: 0.02 } as const;

const full = inScene(async (set) => {
  await set.redis.stop('SIGTERM');
  volume(set, 'size=6m');
  try {
    await set.redis.start();
    await set.worker('first');
    set.send({ ...LARGE, count: 400 });
    await meanwhile('sends are refused', () => refused(set) > 0);
    const since = Date.now();
    await sleep(5000);
    volume(set, 'remount,size=256m');
    return await told(set, since, PATIENCE, { refused: refused(set) > 0 });
  } finally {
    await set.redis.stop();
    spawnSync('umount', [join(set.redis.folder, 'data')]);
  }
});

/** The node of Redis dies, and its file system brings back zeros where the last block was to be. */
const zeros = inScene(async (set) => {
  await set.worker('first');
  set.send({ task: 'work', args: [2], count: 2 }, { task: 'work', args: [0.1], count: 60, every: 0.02 });
  await begun(set, 4);
  const since = Date.now();
  await set.redis.stop('SIGKILL');
  const files = join(set.redis.folder, 'data/appendonlydir');
  const last = readdirSync(files).find((name) => name.endsWith('.incr.aof')) ?? '';
  appendFileSync(join(files, last), Buffer.alloc(4096));
  await set.redis.start().catch(() => undefined); // it ends while it loads
  const look = await mend(set, 'look');
  await meanwhile('Redis has ended', async () => (await mend(set, 'cut')).code === 0);
  await set.redis.start();
  return told(set, since, PATIENCE, { broken: look.output.includes('is not valid') });
});

const ofVolumes: readonly Story[] = [
  {
    fault: 'the volume of Redis full while workers work, then grown',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: true },
    tell: full,
  },
];

export const diskStories: readonly Story[] = [
  ...(isRoot ? ofVolumes : []),
  {
    fault: 'Redis killed, zeros at the end of its file, then cut',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { broken: true },
    tell: zeros,
  },
];
