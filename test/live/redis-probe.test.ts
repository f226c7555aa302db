import { mkdirSync } from 'node:fs';
import { type Pod, describeInShells, podIn, usersWith } from './redis-pod';
import { eventually } from './redis-server';

const ALIVE = { live: true, start: true, ready: false };
const WELL = { live: true, start: true, ready: true };
const DEAD = { live: false, start: false, ready: false };

/** What the three probes answer, at once, as the kubelet asks them. */
async function answers(pod: Pod, env?: Readonly<Record<string, string>>): Promise<Record<string, boolean>> {
  const questions = ['live', 'start', 'ready'];
  const ended = await Promise.all(questions.map((question) => pod.probe(question, env)));
  return Object.fromEntries(questions.map((question, i) => [question, ended[i]?.code === 0]));
}

const reason = async (pod: Pod): Promise<string> => (await pod.probe('ready')).output;

describeInShells('probe.sh', (run) => {
  const pods: Pod[] = [];

  const create = async (config?: string, files: Parameters<Pod['mount']>[0] = {}): Promise<Pod> => {
    const pod = await podIn(run, config);
    pods.push(pod);
    pod.mount(files);
    await pod.build();
    return pod;
  };

  const started = async (...how: Parameters<typeof create>): Promise<Pod> => {
    const pod = await create(...how);
    await pod.redis.start();
    return pod;
  };

  afterEach(async () => {
    await Promise.all(pods.splice(0).map((pod) => pod.remove()));
  });

  it('finds a Redis that answers well', async () => {
    const pod = await started();

    expect(await answers(pod)).toEqual(WELL);
  });

  it('finds a Redis that is not there dead', async () => {
    const pod = await create();

    expect(await answers(pod)).toEqual(DEAD);
    expect(await reason(pod)).toMatch(/^Could not connect to .*refused/);
  });

  it('finds a hung Redis dead, within its time', async () => {
    const pod = await started();
    pod.redis.signal('SIGSTOP');
    const asked = Date.now();

    const found = await answers(pod, { PROBE_TIMEOUT: '1' });

    expect(found).toEqual(DEAD);
    expect(Date.now() - asked).toBeLessThan(2000);
    expect((await pod.probe('live', { PROBE_TIMEOUT: '1' })).output).toBe('no answer within 1 s\n');
  });

  it('lets a Redis that loads live and start, without traffic', async () => {
    const pod = await started('save 3600 1\nloading-process-events-interval-bytes 1024');
    const admin = await pod.admin();
    await admin.send('DEBUG', 'POPULATE', '2000');
    await admin.send('SAVE');
    await pod.redis.stop();
    await pod.redis.start('--key-load-delay', '1000');

    const loading = await answers(pod);
    const why = await reason(pod);
    await eventually('it has loaded', async () => (await reason(pod)) === '');

    expect(loading).toEqual(ALIVE);
    expect(why).toMatch(/^LOADING/);
    expect(await answers(pod)).toEqual(WELL);
  });

  it('lets a Redis that runs a long script live', async () => {
    const pod = await started('lua-time-limit 50');
    const [admin, other] = [await pod.admin(), await pod.admin()];
    const script = admin.send('EVAL', 'while true do end', '0');
    await eventually('it is busy', async () => String(await other.send('PING')).startsWith('-BUSY'));

    const busy = await answers(pod);
    await other.send('SCRIPT', 'KILL');
    await script;

    expect(busy).toEqual(ALIVE);
    expect(await answers(pod)).toEqual(WELL);
  });

  it('lets a Redis that cannot save live: a restart would lose what it holds', async () => {
    const pod = await started('save 3600 1');
    mkdirSync(pod.path('data/dump.rdb'));
    const admin = await pod.admin();
    await admin.send('BGSAVE');
    await eventually('saving fails', async () => String(await admin.send('PING')).startsWith('-MISCONF'));

    expect(await answers(pod)).toEqual(ALIVE);
  });

  it('lets a Redis without a connection left live', async () => {
    const pod = await started('maxclients 10');
    await eventually('no connection is left', async () => {
      await pod.accepts('admin', pod.file('run/admin'));
      return (await reason(pod)) !== '';
    });

    expect(await answers(pod)).toEqual(ALIVE);
    expect(await reason(pod)).toContain('max number of clients reached');
  });

  it.each(['yes', 'no'])(
    'keeps traffic from a replica without its primary, serving stale data: %s',
    async (stale) => {
      const files = { ...usersWith({ replica: '+psync +replconf +ping' }), 'passwords/replica': 'p' };
      const primary = await started('repl-diskless-sync-delay 0', files);
      const config = `replicaof 127.0.0.1 ${primary.redis.port}\nreplica-serve-stale-data ${stale}`;
      const replica = await started(config, files);
      await eventually('the replica is ready', async () => (await reason(replica)) === '');
      const linked = await answers(replica);

      await primary.redis.stop();
      await eventually('it is not ready', async () => (await reason(replica)) !== '');

      expect(linked).toEqual(WELL);
      expect(await answers(replica)).toEqual(ALIVE);
      expect(await reason(replica)).toMatch(
        stale === 'yes' ? 'the link to the primary is down' : /^MASTERDOWN/,
      );
    },
  );

  it('fails with what Redis says when its password is wrong or missing', async () => {
    const pod = await started();

    pod.mount({ 'run/probe': 'wrong' });
    const wrong = await pod.probe('live');
    pod.mount({ 'run/probe': '' });
    const missing = await pod.probe('live');

    expect(wrong).toEqual({ code: 1, output: expect.stringMatching(/WRONGPASS/) as string });
    expect(missing).toEqual({ code: 1, output: `no password in ${pod.path('run/probe')}\n` });
  });

  it('fails when asked something it does not know', async () => {
    const pod = await create();

    expect((await pod.probe('alive')).code).not.toBe(0);
  });
});
