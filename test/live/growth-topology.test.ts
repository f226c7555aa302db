/** A broker that gets sentinels or replicas with its data, and gives them back: which pod is the primary, what is kept. */
import type { Tenant } from '../../lib';
import type { Synth } from '../support/synth';
import { type Broker, type Pod, brokerOf, settled, startAll } from './sentinel/pods';
import { guarded } from './sentinel/tenant';
import { eventually, missing, sleep } from './redis-server';

if (missing !== '') console.warn(`growth is NOT proven here: ${missing}`);

/** Seconds: what waits for sentinels gives up after eight here. */
const PATIENCE = 80;

const TASKS = 100;

const treeOf = (broker: NonNullable<Tenant['broker']>): Synth => guarded({ broker });
const standalone = treeOf({ topology: 'standalone' });
const replicated = treeOf({ topology: 'replicated', replicas: 1 });
const sentinel = treeOf({ topology: 'sentinel', replicas: 2 });

(missing === '' ? describe : describe.skip)('a broker that gets sentinels', () => {
  let before: Broker;
  let after: Broker | undefined;

  const begin = async (objects: Synth): Promise<Pod> => {
    before = await brokerOf(objects);
    await startAll(before.redis);
    const [first] = before.redis;
    if (first === undefined) throw new Error('it has no pod');
    await first.ask('RPUSH', 'celery', ...Array<string>(TASKS).fill('task'));
    return first;
  };
  const become = async (objects: Synth): Promise<Broker> => (after = await brokerOf(objects, before.place));
  const waiting = (pod: Pod | undefined) => pod?.ask('LLEN', 'celery');

  afterEach(async () => {
    await after?.remove();
    await before.remove();
    after = undefined;
  });

  it('has its first pod as the primary, with all its tasks, where all pods start at once', async () => {
    await (await begin(standalone)).remove();

    const { redis, sentinels } = await become(sentinel);
    await startAll([...redis, ...sentinels]);

    const primary = await settled(after as Broker);
    expect([primary.name, await waiting(primary)]).toEqual(['redis-0', TASKS]);
  });

  it('never has an empty pod as the primary, however late the one with its tasks starts', async () => {
    await (await begin(standalone)).remove();

    const { redis, sentinels, primary } = await become(sentinel);
    const [first, ...others] = redis;
    const guards = sentinels.map((pod) => pod.start());
    await startAll(others);
    await sleep(20_000); // more than a sentinel waits for a pod that is away
    expect(await primary()).toBeUndefined();
    await first?.start();
    await Promise.all(guards);

    const chosen = await settled(after as Broker);
    expect([chosen.name, await waiting(chosen)]).toEqual(['redis-0', TASKS]);
  });

  /** What a rolling update of the set does to its first pod, as the last one. */
  const rolled = async (pod: Pod | undefined, next: Pod | undefined): Promise<void> => {
    await pod?.signal('SIGTERM');
    await pod?.remove();
    await next?.start();
  };

  it('goes on as it is until its copies are whole, and loses nothing when its first pod becomes one of them', async () => {
    const first = await begin(standalone);

    const { redis, sentinels } = await become(sentinel);
    await first.admits(sentinel);
    const [later, ...copies] = redis;
    await startAll([...copies, ...sentinels]);
    await eventually(
      'the copies follow it',
      async () =>
        (await Promise.all(copies.map((pod) => pod.info()))).every((i) => i['master_link_status'] === 'up'),
      PATIENCE,
    );
    const accepted = writes(async () => (await primaryOf(after as Broker)) ?? first);
    await sleep(1000);
    await rolled(first, later);
    const primary = await settled(after as Broker);
    await sleep(1000);
    const count = TASKS + (await accepted.stop());

    expect(await waiting(primary)).toBeGreaterThanOrEqual(count);
  });

  it('never has a read replica of the time before as the primary, nor a copy that is still empty', async () => {
    const first = await begin(replicated);
    const [, reader] = before.redis;
    await eventually('it reads', async () => (await reader?.info())?.['master_link_status'] === 'up');

    const { redis, sentinels, primary } = await become(sentinel);
    await first.admits(sentinel);
    await startAll(sentinels);
    await eventually(
      'the sentinels know it',
      async () =>
        JSON.stringify(await sentinels[0]?.ask('SENTINEL', 'REPLICAS', 'primary')).includes(
          String(reader?.port),
        ),
      PATIENCE,
    );
    await first.remove();
    const [later, ...copies] = redis;
    await startAll(copies);
    await sleep(20_000); // more than twice what sentinels take
    expect((await reader?.info())?.['role']).toBe('slave');
    expect(await primary()).toBeUndefined(); // the copies are empty
    await later?.start();
    await eventually('a primary', async () => (await primary()) !== undefined, PATIENCE);

    expect(await waiting(await primary())).toBe(TASKS);
  });

  it('gives its sentinels back with its data, where its first pod is the primary', async () => {
    before = await brokerOf(sentinel);
    await startAll([...before.redis, ...before.sentinels]);
    const old = await settled(before);
    await old.ask('RPUSH', 'celery', ...Array<string>(TASKS).fill('task'));
    await old.signal('SIGKILL'); // so that another one is
    await eventually(
      'another primary',
      async () => ![old, undefined].includes(await before.primary()),
      PATIENCE,
    );
    await old.start();
    await settled(before);
    const others = before.redis.filter(({ name }) => name !== 'redis-0');

    await Promise.all(others.map((pod) => pod.ask('CONFIG', 'SET', 'replica-priority', '0')));
    await sleep(11_000); // sentinels ask each ten seconds
    await before.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'primary');
    await eventually(
      'the first is, with all others behind it',
      async () => (await before.redis[0]?.info())?.['connected_slaves'] === '2',
      PATIENCE,
    );
    await Promise.all([...before.redis, ...before.sentinels].map((pod) => pod.remove()));
    const { redis } = await become(standalone);
    await startAll(redis);

    expect([redis.length, await waiting(redis[0])]).toEqual([1, TASKS]);
  });
});

const primaryOf = ({ primary }: Broker): Promise<Pod | undefined> => primary();

/** Sends to the primary of the moment; counts what was accepted. */
function writes(to: () => Promise<Pod>): { stop: () => Promise<number> } {
  let [going, accepted] = [true, 0];
  const sending = (async () => {
    while (going) {
      const reply = await (await to()).ask('RPUSH', 'celery', 'task').catch(String);
      if (typeof reply === 'number') accepted += 1;
    }
  })();
  return {
    stop: async () => {
      going = false;
      await sending;
      return accepted;
    },
  };
}
