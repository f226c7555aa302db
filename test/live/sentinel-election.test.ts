import { type Broker, type Pod, brokerOf, settled, startAll } from './sentinel/pods';
import { guarded } from './sentinel/tenant';
import { eventually, missing, sleep } from './redis-server';

if (missing !== '') console.warn(`elections are NOT proven here: ${missing}`);

/** Seconds: a vote may be split, and an emptied primary is believed for 25 s. */
const PATIENCE = 80;

(missing === '' ? describe : describe.skip)('the pods of a broker with sentinels', () => {
  let broker: Broker;

  beforeEach(async () => {
    broker = await brokerOf(guarded());
    await startAll([...broker.redis, ...broker.sentinels]);
  });

  afterEach(async () => {
    await broker.remove();
  });

  const write = async (key: string): Promise<Pod> => {
    const primary = await settled(broker);
    await eventually('it takes writes', async () => (await primary.ask('SET', key, 'kept')) === 'OK');
    expect(await primary.ask('WAIT', '2', '5000')).toBe(2);
    return primary;
  };
  const killAll = (pods: readonly Pod[]): Promise<unknown> =>
    Promise.all(pods.map((pod) => pod.signal('SIGKILL')));

  it('make the first the primary where all are new', async () => {
    const primary = await settled(broker);

    expect(primary.name).toBe('redis-0');
  });

  it('make another the primary when it is killed, which follows when it is back', async () => {
    const old = await write('task');

    await old.signal('SIGKILL');
    const next = await settled(broker, [old]);
    await next.ask('SET', 'later', 'kept');
    await old.start();
    const after = await settled(broker);

    expect(next).not.toBe(old);
    expect(after).toBe(next);
    expect(await old.ask('MGET', 'task', 'later')).toEqual(['kept', 'kept']);
  });

  it('keep a primary whose container is back at once, with all it had', async () => {
    const primary = await write('task');

    await primary.signal('SIGKILL');
    await primary.start();

    expect(await settled(broker)).toBe(primary);
    expect(await primary.ask('GET', 'task')).toBe('kept');
  });

  it('do not let one be the primary again before the sentinels have seen that it is back', async () => {
    const old = await write('task');

    await old.signal('SIGKILL');
    old.forget('sentinel'); // they believe that it is dead
    const watching = watch(old);
    await old.start();
    const next = await settled(broker);

    expect(next).not.toBe(old);
    expect(await watching.stop()).toEqual(['slave']);
  });

  it('keep what the replicas have when the volume of the primary is empty', async () => {
    const emptied = await write('task');

    await emptied.remove();
    emptied.empty();
    await emptied.start();
    await eventually(
      'another is the primary',
      async () => {
        const primary = await broker.primary();
        return primary !== undefined && primary !== emptied;
      },
      PATIENCE,
    );

    const primary = await settled(broker);
    expect(await primary.ask('GET', 'task')).toBe('kept');
    expect(await emptied.ask('GET', 'task')).toBe('kept');
  });

  it('find the newest data when all pods are gone at once, and not that of the first', async () => {
    const old = await write('task');
    await old.signal('SIGKILL');
    const next = await settled(broker, [old]);
    await sleep(3000); // the times of files are compared by seconds
    await next.ask('SET', 'later', 'kept');
    await next.ask('WAIT', '1', '5000');

    await killAll([...broker.redis, ...broker.sentinels]);
    await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.remove()));
    await startAll([...broker.redis, ...broker.sentinels]);

    const primary = await settled(broker);
    expect(primary).toBe(next);
    expect(await old.ask('MGET', 'task', 'later')).toEqual(['kept', 'kept']);
  });

  it('have their primary still when all sentinels have forgotten it', async () => {
    const old = await write('task');
    await old.signal('SIGKILL');
    const primary = await settled(broker, [old]);
    await old.start();
    await settled(broker);

    await Promise.all(broker.sentinels.map((pod) => pod.remove()));
    await startAll(broker.sentinels);

    expect(await settled(broker)).toBe(primary);
    expect(await Promise.all(broker.sentinels.map(named))).toEqual(
      broker.sentinels.map(() => String(primary.port)),
    );
  });

  it('choose the primary that its replicas follow when the sentinels forget it while it is away', async () => {
    const old = await write('task');

    await Promise.all([...broker.sentinels, old].map((pod) => pod.signal('SIGKILL')));
    await Promise.all(broker.sentinels.map((pod) => pod.remove()));
    await Promise.all([old, ...broker.sentinels].map((pod) => pod.start()));

    expect(await settled(broker)).toBe(old);
    expect(await old.ask('GET', 'task')).toBe('kept');
  });

  it('make a hung primary follow when it wakes up', async () => {
    const hung = await write('task');

    await hung.signal('SIGSTOP');
    const next = await settled(broker, [hung]);
    await hung.signal('SIGCONT');

    expect(next).not.toBe(hung);
    expect(await settled(broker)).toBe(next);
  });
});

/** The roles that a pod has from now on. */
function watch(pod: Pod): { stop: () => Promise<string[]> } {
  const seen = new Set<string>();
  let going = true;
  const looking = (async () => {
    while (going) {
      const { role } = await pod.info();
      if (role !== undefined) seen.add(role);
      await sleep(50);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await looking;
      return [...seen];
    },
  };
}

/** The port of the primary that a sentinel names. */
async function named(sentinel: Pod): Promise<string> {
  const reply = await sentinel.ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'primary');
  return Array.isArray(reply) ? String(reply[1]) : String(reply);
}
