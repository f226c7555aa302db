/** What becomes of tasks when the volume of Redis fills, or brings back less than was written. */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { type Disk, diskAt, hasDisks } from '../disks/disk';
import { finished, sleep } from '../redis-server';
import type { Scene } from './scene';
import { type Story, begun, inScene, meanwhile, told } from './story';

const ONE = ['5.6'];
const PATIENCE = 200;

const SECOND = 1000;

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('full volumes are NOT proven here: only root may mount one');
if (!hasDisks)
  console.warn('volumes that go read-only are NOT proven here: this needs root, ext4 and loop devices');

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

const idsOf = (set: Scene): readonly string[] =>
  set.sent().flatMap((send) => ('ids' in send ? send.ids : []));

/** Takes all that Redis has in memory, as a backup does: the disk plays no part. */
const dumped = (set: Scene, file: string): ReturnType<typeof finished> =>
  finished(
    spawn('redis-cli', ['-p', String(set.redis.port), '--user', 'admin', '--rdb', file], {
      env: { ...process.env, REDISCLI_AUTH: readFileSync(join(set.redis.folder, 'run/admin'), 'utf8') },
    }),
  );

const isAway = ({ redis }: Scene): Promise<boolean> =>
  new Promise((done) => {
    const socket = createConnection(redis.port, '127.0.0.1');
    socket.once('connect', () => done(false)).once('error', () => done(true));
    socket.unref().once('connect', () => socket.destroy());
  });

/** An error of the disk: ext4 takes no more writes. What it had taken seconds before is on it after the repair. */
const readOnly = (way: 'the disk' | 'memory'): Story['tell'] =>
  inScene(async (set) => {
    await set.redis.stop('SIGTERM');
    const disk: Disk = diskAt(join(set.redis.folder, 'data'));
    const dump = join(set.redis.folder, 'dump.rdb');
    try {
      await set.redis.start();
      await set.worker('first');
      set.send({ task: 'work', args: [0.2], count: 100, every: 0.02 });
      await meanwhile('some are sent', () => idsOf(set).length === 100);
      const early = idsOf(set);
      await sleep(3 * SECOND); // Redis writes each second
      set.send({ task: 'work', args: [0.2], count: 400, every: 0.02 });
      await meanwhile('more are sent', () => idsOf(set).length > 150);
      const since = Date.now();
      disk.fails();
      await meanwhile('sends are refused', () => refused(set) > 0);
      const taken = await dumped(set, dump);
      await set.redis.stop('SIGKILL');
      await set.redis.start().catch(() => undefined);
      await meanwhile('it has ended by itself, as it can write nothing', () => isAway(set));
      disk.repaired();
      if (way === 'memory') {
        copyFileSync(dump, join(set.redis.folder, 'data/dump.rdb'));
        await mend(set, 'snapshot');
      }
      await set.redis.start();
      const verdict = await told(set, since, PATIENCE);
      const ended = new Set(set.journal().flatMap(({ id, what }) => (what === 'end' ? [id] : [])));
      const lostOfEarly = early.filter((id) => !ended.has(id)).length;
      return { ...verdict, seen: { dumped: taken.code, lostOfEarly } };
    } finally {
      await set.redis.stop();
      disk.remove();
    }
  });

/** The kernel, or a person, kills what saves: first a snapshot, then the rewrite of the append-only file. */
const savesKilled = inScene(async (set) => {
  await set.worker('first');
  const admin = await set.redis.admin();
  const info = async (): Promise<string> => String(await admin.send('INFO'));
  await admin.send('CONFIG', 'SET', 'rdb-key-save-delay', '10000000'); // or they are done before anybody sees them
  set.send({ task: 'work', args: [0.1], count: 160, every: 0.05 });
  await begun(set, 10);
  const since = Date.now();
  const pid = Number(/process_id:(\d+)/.exec(await info())?.[1]);
  for (const [save, failed] of [
    ['BGSAVE', 'rdb_last_bgsave_status:err'],
    ['BGREWRITEAOF', 'aof_last_bgrewrite_status:err'],
  ] as const) {
    await admin.send(save);
    await meanwhile(`${save} is under way`, () => childrenOf(pid).length > 0);
    childrenOf(pid).forEach((child) => process.kill(child, 'SIGKILL'));
    await meanwhile(`${save} has failed`, async () => (await info()).includes(failed));
  }
  const goesOn = (await admin.send('SET', 'goes on', 'yes')) === 'OK';
  await admin.send('DEL', 'goes on');
  await sleep(SECOND);
  await set.redis.stop('SIGKILL');
  await set.redis.start();
  return told(set, since, PATIENCE, { refused: refused(set), goesOn });
});

/** Empty also where the process has just ended. */
const childrenOf = (pid: number): readonly number[] => {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean).map(Number) : [];
};

const ofVolumes: readonly Story[] = [
  {
    fault: 'the volume of Redis full while workers work, then grown',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: true },
    tell: full,
  },
];

const ofDisks: readonly Story[] = [
  {
    fault: 'the file system of Redis goes read-only while workers work, then repaired',
    versions: ONE,
    promised: { lost: 'possible', again: 'possible', twice: 'possible' },
    sees: { dumped: 0, lostOfEarly: 0 },
    tell: readOnly('the disk'),
  },
  {
    fault: 'the file system of Redis goes read-only, then back with what was in memory',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { dumped: 0, lostOfEarly: 0 },
    tell: readOnly('memory'),
  },
];

export const diskStories: readonly Story[] = [
  ...(isRoot ? ofVolumes : []),
  ...(hasDisks ? ofDisks : []),
  {
    fault: 'the child of Redis killed that saves, then the child that rewrites, then Redis',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: 0, goesOn: true },
    tell: savesKilled,
  },
  {
    fault: 'Redis killed, zeros at the end of its file, then cut',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { broken: true },
    tell: zeros,
  },
];
