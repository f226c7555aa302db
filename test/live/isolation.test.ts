import { type Fleet, both, runningFleet } from './isolation/fleet';
import { answerOf, until } from './isolation/pods';
import { type Case, type Isolation, NAMES, type Name, keyPrefix, poolOf, queueOf } from './isolation/tenants';
import { lacking } from './python';
import { eventually } from './redis-server';

const CASES: readonly Case[] = [
  { isolation: 'queue', celery: '5.6', events: true, scheduler: 'redbeat' },
  { isolation: 'prefix', celery: '5.6', events: true, scheduler: 'file' },
  { isolation: 'hybrid', celery: '5.5', events: true, scheduler: 'file' },
  { isolation: 'hybrid', celery: '5.5', events: false, scheduler: 'file' },
  { isolation: 'hybrid', celery: '5.6', events: true, scheduler: 'redbeat' },
  { isolation: 'hybrid', celery: '5.6', events: false, scheduler: 'file' },
  { isolation: 'hybrid', celery: '5.7', events: true, scheduler: 'file' },
  { isolation: 'hybrid', celery: '5.7', events: false, scheduler: 'redbeat' },
  { isolation: 'group', celery: '5.6', events: true, scheduler: 'file' },
  { isolation: 'dedicated', celery: '5.6', events: false, scheduler: 'redbeat' },
];

function expected(isolation: Isolation, name: Name, pid: number) {
  const by = poolOf(isolation, name);
  const from = (queue: string, ...answer: unknown[]) => [by, queueOf(isolation, name, queue), ...answer];
  return {
    plain: from('celery', 2),
    routed: from('reports'),
    retried: from('celery', 2),
    redelivered: from('celery'),
    chord: from('celery', [0, 2, 4, 6]),
    group: [0, 1, 2].map((i) => from('celery', i)),
    chain: from('celery', 10),
    priorities: [0, 3, 6, 9].map((p) => from('celery', p)),
    named: from('reports', 7),
    expiring: from('brief', 9),
    exchange: isolation === 'group' ? null : [by, 'clip', 8],
    inner: from('celery', [0, 1, 2]),
    other: from('reports'),
    ping: [[{ ok: 'pong' }]],
    stats: [pid],
    control: [{ ok: 'new rate limit set successfully' }],
    later: from('celery', 21),
    revoked: 'revoked',
  };
}

/** What a case has no part in is no row of its own. */
const optionally = (has: boolean): typeof it => (has ? it : ((() => undefined) as unknown as typeof it));

if (lacking.length > 0) console.warn(`isolation is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe).each(CASES)(
  'two tenants with one app with Celery $celery: isolation $isolation, events $events, beat $scheduler',
  (asked) => {
    const { isolation, events, scheduler } = asked;
    let fleet: Fleet;

    beforeAll(async () => {
      fleet = await runningFleet(asked);
    });

    afterAll(async () => {
      await fleet?.remove();
    });

    it('tells the autoscaler what waits for each tenant', () => {
      const waiting = (name: Name) => {
        const list = (queue: string) => `${keyPrefix(isolation, name)}${queueOf(isolation, name, queue)}`;
        return { [list('celery')]: 1, [`${list('celery')}\u0006\u00169`]: 1, [list('reports')]: 1 };
      };

      const all = isolation === 'group' ? { ...waiting(NAMES[0]), ...waiting(NAMES[1]) } : undefined;

      NAMES.forEach((name) => expect(fleet.waiting(name)).toEqual(all ?? waiting(name)));
    });

    it('runs all that an app asks of its broker, from its web process to its own workers', async () => {
      await both((name) => fleet.forget(name));

      const answers = await both((name) => answerOf(fleet.web(name)));

      NAMES.forEach((name) => expect(answers[name]).toEqual(expected(isolation, name, fleet.pid(name))));
    });

    it('sends what beat is due to its own workers', async () => {
      const beaten = (name: Name) => () =>
        fleet.journal(name).some(({ task, from }) => task === 'jobs.beaten' && from === name);

      const senders = NAMES.filter((name) => poolOf(isolation, name) === name);
      await Promise.all(senders.map((name) => eventually(`beat of ${name} sends`, beaten(name))));

      senders.forEach((name) => expect(beaten(name)()).toBe(true));
    });

    it('never gives a task to the other tenant', () => {
      const foreign = (name: Name) =>
        fleet
          .journal(name)
          .filter(({ from, queue }) =>
            isolation === 'group'
              ? queue !== 'clip' && queue.split('.')[0] !== `tenant-${from}`
              : from !== name,
          );

      NAMES.forEach((name) => expect(fleet.journal(name).length).toBeGreaterThan(20));
      NAMES.forEach((name) => expect(foreign(name)).toEqual([]));
    });

    it('purges its own queues, and nobody else', () => {
      const messages = isolation === 'group' ? 6 : 3;

      NAMES.forEach((name) =>
        expect(fleet.purged(name)).toMatch(
          new RegExp(`^0: Purged ${messages} messages from \\d known task queues`),
        ),
      );
    });

    optionally(events)('shows Flower the events of its own workers', async () => {
      const other = (name: Name): Name => NAMES[name === NAMES[0] ? 1 : 0];

      await Promise.all(
        NAMES.map((name) => eventually('an event', () => fleet.events(name).includes('task succeeded'))),
      );

      NAMES.forEach((name) => {
        expect(fleet.events(name)).toContain(`'${name}'`);
        expect(fleet.events(name).includes(`'${other(name)}'`)).toBe(isolation === 'group');
      });
    });

    const caching = isolation === 'prefix' ? (['web', 'worker'] as const) : [];

    caching.forEach((part) => {
      it(`keeps a cache and sessions for its ${part}`, async () => {
        const answers = await both((name) => answerOf(fleet[part](name), ['python3', '-m', 'caches']));

        NAMES.forEach((name) =>
          expect(answers[name]).toEqual({
            cache: [false, 2, 1, true, true, 5, { a: 2, b: 1, c: 3, d: 4 }, true, null, null],
            session: [name, true, false],
            channels: [1, 'hello'],
          }),
        );
      });
    });

    optionally(scheduler === 'redbeat')('lets a second beat stand by until the first has gone', async () => {
      const [name] = NAMES;
      const other = fleet.otherBeat(name);
      await until(other, () => other.output().includes('beat: Starting'), 'the second one starts');
      const sent = (): number =>
        fleet.journal(name).filter(({ task, from }) => task === 'jobs.beaten' && from === name).length;

      const before = sent();
      await eventually('the first goes on', () => sent() > before + 2);
      const waits = !other.output().includes('Acquired lock');
      await fleet.beat(name).stop();
      await until(other, () => other.output().includes('Acquired lock'), 'the second one takes over');

      expect(waits).toBe(true);
    });

    it('gives the task of a killed worker to the next one', async () => {
      const homes = NAMES.filter((name) => poolOf(isolation, name) === name);
      const runs = (name: Name, of: string): number =>
        fleet.journal(name).filter(({ task, from }) => task === of && from === name).length;
      await Promise.all(homes.map((name) => answerOf(fleet.web(name), [...fleet.web(name).command, 'slow'])));
      await Promise.all(homes.map((name) => eventually('it runs', () => runs(name, 'jobs.slow') === 1)));

      await Promise.all(homes.map((name) => fleet.lose(name)));
      await Promise.all(
        homes.map((name) => eventually('it runs again', () => runs(name, 'jobs.slow') === 2, 60)),
      );

      homes.forEach((name) => expect(runs(name, 'jobs.slow')).toBe(2));
    });

    it('refuses nothing of all that', async () => {
      const refused = await both((name) => fleet.redis(name).refused());

      NAMES.forEach((name) => expect(refused[name]).toEqual([]));
    });
  },
);
