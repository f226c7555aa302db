/** What becomes of a schedule when there are two beats, or one is killed. */
import { sleep } from '../redis-server';
import type { Running } from '../isolation/pods';
import { kill } from './scene';
import { NOTHING, type Story, inScene, meanwhile, told } from './story';

const ONE = ['5.6'];

/** Seconds between two sends. */
const EVERY = 6;
const tenant = {
  beat: { maxInterval: '5s', schedule: { often: { task: 'jobs.beaten', every: `${EVERY}s` } } },
} as const;

/** Seconds at which beats said that they send, all of them; the worker may be late. */
const sends = (beats: readonly Running[]): number[] =>
  beats
    .flatMap((beat) => [...beat.output().matchAll(/\[([-\d]+ [:\d]+),(\d+): .*Sending due task/g)])
    .map(([, second = '', milliseconds = '']) => Date.parse(`${second}.${milliseconds}`) / 1000)
    .sort((a, b) => a - b);

/** Sends that follow another one too early. */
const doubled = (beats: readonly Running[]): number => {
  const all = sends(beats);
  return all.filter((at, index) => index > 0 && at - (all[index - 1] ?? 0) < EVERY - 2).length;
};

const sent = (beats: readonly Running[], count: number): Promise<void> =>
  meanwhile(`${count} sends of beat`, () => sends(beats).length >= count);

const two = inScene(
  async (set) => {
    await set.worker('first');
    const since = Date.now();
    const beats = [set.pod('beat', 'one'), set.pod('beat', 'two')];
    await sent(beats, 4);
    return { ...(await told(set, since, 10)), twice: doubled(beats) };
  },
  { tenant },
);

/** Killed after its second send, then after its third for longer than two more. */
const back = inScene(
  async (set) => {
    await set.worker('first');
    const beats: Running[] = [];
    const sendsUntil = async (count: number): Promise<Running> => {
      const beat = set.pod('beat', 'one');
      beats.push(beat);
      await sent(beats, count);
      await sleep(500);
      return beat;
    };
    kill(await sendsUntil(2));
    const since = Date.now();
    kill(await sendsUntil(3));
    await sleep(EVERY * 2500);
    await sendsUntil(5);
    return { ...(await told(set, since, 10)), twice: doubled(beats) };
  },
  { tenant },
);

export const beatStories: readonly Story[] = [
  { fault: 'beat killed and back, with its schedule file', versions: ONE, promised: NOTHING, tell: back },
  {
    fault: 'two beats, set by hand',
    versions: ONE,
    promised: { ...NOTHING, twice: 'some' },
    tell: two,
  },
];
