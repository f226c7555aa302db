// Each scheduler over more than its longest sleep, and what follows when it is killed.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCHEDULERS, SLEEP, type Scheduler, renderedBeats } from './beat/tenants';
import { type Pod, type Running, answerOf, killAll, podOf, stackOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { lacking, programsOf } from './python';
import { eventually, sleep } from './redis-server';

const CELERY = '5.6';

if (lacking.length > 0) console.warn(`beat is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)(`beat with Celery ${CELERY}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'beat-'));
  const rendered = renderedBeats(folder);
  const pods = new Map<string, Pod>();
  const beats = new Map<Scheduler, Running>();
  let redis: LiveRedis;
  let programs: string;

  const pod = (scheduler: Scheduler, deployment: string): Pod => {
    const key = `${scheduler}/${deployment}`;
    const place = { folder: join(folder, scheduler), programs, port: redis.port };
    const known = pods.get(key) ?? podOf(rendered.tenant(scheduler), deployment, place);
    pods.set(key, known);
    return known;
  };
  const beat = (scheduler: Scheduler): Running => beats.get(scheduler) as Running;
  const started = (scheduler: Scheduler): Running => start(pod(scheduler, 'beat'));
  /** When it last came round; never, while one that starts has removed the file and not yet written it again. */
  const cameRound = (scheduler: Scheduler): number =>
    statSync(pod(scheduler, 'beat').at('ticking'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  /** Seconds since then. */
  const age = (scheduler: Scheduler): number => (Date.now() - cameRound(scheduler)) / 1000;
  const isAlive = (process: Running): Promise<unknown> => Promise.race([process.ended, sleep(50)]);
  const waiting = async (scheduler: Scheduler, queue: string): Promise<unknown> =>
    (await redis.admin()).send('LLEN', `tenant:${scheduler}:tenant-${scheduler}.${queue}`);

  beforeAll(async () => {
    programs = await programsOf(CELERY);
    redis = await liveRedis(rendered.broker);
    const migrate = ['python3', '-m', 'django', 'migrate', '--verbosity=0'];
    const migrated = start(pod('database', 'web'), migrate);
    expect([(await migrated.ended).code, migrated.output()]).toEqual([0, '']);
    SCHEDULERS.forEach((scheduler) => beats.set(scheduler, started(scheduler)));
    await Promise.all(
      SCHEDULERS.map((one) => until(beat(one), () => pod(one, 'beat').wrote('ticking'), 'it ticks')),
    );
    await sleep((3 * SLEEP + 1) * 1000);
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(SCHEDULERS)('sleeps three times over one hourly entry and goes on: scheduler %s', async (one) => {
    const ended = await isAlive(beat(one));

    expect([ended, beat(one).output()]).toEqual([undefined, expect.not.stringMatching(/error|Traceback/i)]);
    expect(age(one)).toBeLessThan(SLEEP + 2);
    expect(await waiting(one, 'hourly')).toBe(0);
  });

  it.each(['database', 'redbeat'] as const)(
    'sends what the app schedules while it runs: scheduler %s',
    async (one) => {
      await answerOf(pod(one, 'web'));

      await eventually('it is sent', async () => Number(await waiting(one, 'added')) > 0, 3 * SLEEP);
    },
  );

  it.each(SCHEDULERS)('is followed by a second one when it is killed: scheduler %s', async (one) => {
    const standby = one === 'redbeat' ? started(one) : undefined;
    if (standby) await until(standby, () => standby.output().includes('beat: Starting'), 'it stands by');
    const early = standby?.output().includes('Acquired lock');

    process.kill(-beat(one).pid, 'SIGKILL');
    await beat(one).ended;
    const killed = Date.now();
    const sent = Number(await waiting(one, 'added'));
    const second = standby ?? started(one);
    const follows = async (): Promise<boolean> =>
      one === 'file' ? cameRound(one) > killed : Number(await waiting(one, 'added')) > sent;
    await eventually('the second one schedules', follows, 8 * SLEEP).catch(async (cause: unknown) => {
      throw new Error(`${String(cause)}\n${await stackOf(second)}`, { cause });
    });
    await sleep((SLEEP + 1) * 1000);

    expect(early ?? false).toBe(false);
    expect([await isAlive(second), age(one) < SLEEP + 2, await waiting(one, 'hourly')]).toEqual([
      undefined,
      true,
      0,
    ]);
    await second.stop();
  });

  it('is refused nothing of all that', async () => {
    expect(await redis.refused()).toEqual([]);
  });
});
