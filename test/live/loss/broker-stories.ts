/** What becomes of tasks when their Redis ends, is cut off, is full, or evicts. */
import { sleep } from '../redis-server';
import { type Scene, kill } from './scene';
import { BEGUN_AGAIN, NOTHING, type Story, begun, inScene, meanwhile, told } from './story';

const ALL = ['5.5', '5.6', '5.7'];
const ONE = ['5.6'];

/** The rendered visibility timeout, a look each 10 s (100 before kombu 5.7), and the work itself. */
const PATIENCE = 200;

const refused = (set: Scene): number => set.sent().filter((send) => 'refused' in send).length;

/** Redis ends three times under load, and comes back with its data. */
const gone = (signal: 'SIGKILL' | 'SIGTERM'): Story['tell'] =>
  inScene(async (set) => {
    await set.worker('first');
    set.send({ task: 'work', args: [2], count: 1 }, { task: 'work', args: [0.1], count: 160, every: 0.05 });
    await begun(set, 10);
    const since = Date.now();
    for (let time = 0; time < 3; time += 1) {
      await set.redis.stop(signal);
      await sleep(500);
      await set.redis.start();
      await sleep(1500);
    }
    return told(set, since, PATIENCE, { refused: refused(set) });
  });

/** The node that Redis and the worker share is gone: what the worker had in hand is known to the file only. */
const both = inScene(async (set) => {
  const first = await set.worker('first');
  set.send({ task: 'work', args: [2], count: 4 }, { task: 'work', args: [0.1], count: 40, every: 0.02 });
  await begun(set, 2);
  const since = Date.now();
  kill(first);
  await set.redis.stop('SIGKILL');
  await set.redis.start();
  await set.worker('second');
  return told(set, since, PATIENCE, { refused: refused(set) });
});

/** Redis lives, and the connections to it break. */
const cut = inScene(async (set) => {
  await set.worker('first');
  set.send({ task: 'work', args: [2], count: 2 }, { task: 'work', args: [0.1], count: 40, every: 0.02 });
  await begun(set, 2);
  const since = Date.now();
  const admin = await set.redis.admin();
  await admin.send('CLIENT', 'KILL', 'TYPE', 'normal');
  await admin.send('CLIENT', 'KILL', 'TYPE', 'pubsub');
  return told(set, since, PATIENCE, { refused: refused(set) });
});

/** Three times what fits: 133 kB each, as a broker of 46Mi has a maxmemory of 32 MiB. */
const MUCH = { task: 'work', args: [0.05], count: 700, bytes: 100_000 } as const;

const full = inScene(
  async (set) => {
    await set.worker('first');
    const since = Date.now();
    set.send({ ...MUCH, args: [0.2], count: 350 }, { ...MUCH, every: 0.01 });
    await meanwhile('sends are refused', () => refused(set) > 0);
    return told(set, since, PATIENCE, { refused: refused(set) > 0 });
  },
  { memory: '46Mi' },
);

/** A worker that starts while Redis is full makes room. */
const starts = inScene(
  async (set) => {
    set.send({ ...MUCH, until: 'refused' });
    await meanwhile('sends are refused', () => refused(set) > 0);
    const since = Date.now();
    await set.worker('first');
    return told(set, since, PATIENCE, { refused: refused(set) > 0 });
  },
  { memory: '46Mi' },
);

/** By hand: a broker that may evict, as a cache does. */
const evicting = inScene(
  async (set) => {
    const since = Date.now();
    set.send(MUCH);
    await meanwhile('everything is sent', () => set.sent().length === MUCH.count);
    await set.worker('first');
    return told(set, since, PATIENCE, { refused: refused(set) > 0 });
  },
  { memory: '46Mi' },
  ({ broker }) => {
    const config = broker.byKind('ConfigMap', 'redis-config').data;
    config['redis.conf'] = config['redis.conf'].replace('noeviction', 'allkeys-lru');
  },
);

export const brokerStories: readonly Story[] = [
  {
    fault: 'Redis killed three times and back (SIGKILL)',
    versions: ALL,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: 0 },
    tell: gone('SIGKILL'),
  },
  {
    fault: 'Redis restarted three times (SIGTERM)',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: 0 },
    tell: gone('SIGTERM'),
  },
  {
    fault: 'Redis and a worker killed together, Redis back',
    versions: ONE,
    promised: BEGUN_AGAIN,
    sees: { refused: 0 },
    tell: both,
  },
  {
    fault: 'connections to Redis cut, Redis alive',
    versions: ONE,
    promised: { lost: 'none', again: 'some', twice: 'some' },
    sees: { refused: 0 },
    tell: cut,
  },
  {
    fault: 'Redis at maxmemory while workers work',
    versions: ONE,
    promised: { lost: 'none', again: 'possible', twice: 'possible' },
    sees: { refused: true },
    tell: full,
  },
  {
    fault: 'Redis at maxmemory, and a worker starts',
    versions: ALL,
    promised: NOTHING,
    sees: { refused: true },
    tell: starts,
  },
  {
    fault: 'a broker with allkeys-lru, set by hand',
    versions: ONE,
    promised: { lost: 'some', again: 'none', twice: 'none' },
    sees: { refused: false },
    tell: evicting,
  },
];
