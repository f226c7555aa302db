import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pod as App, type Running, killAll, podOf, start, until } from './isolation/pods';
import { lacking, programsOf } from './python';
import { eventually } from './redis-server';
import { type Broker, type Pod, brokerOf } from './sentinel/pods';
import { guarded } from './sentinel/tenant';

if (lacking.length > 0) console.warn(`failover is NOT proven here: ${lacking.join(' and ')} not on PATH`);

/** Seconds: votes may be split, and the kubelet would have killed what hangs for three minutes. */
const PATIENCE = 60;

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

(lacking.length > 0 ? describe.skip : describe).each(['5.5', '5.6', '5.7'])(
  'a broker with sentinels under Celery %s, twenty tasks a second',
  (celery) => {
    const objects = guarded();
    let folder: string;
    let broker: Broker;
    let worker: Running;
    let web: Running;
    let apps: Readonly<Record<'worker' | 'web', App>>;

    const sent = (): string[] => lines(apps.web.ran('sent'));
    const done = (): Set<string> => new Set(lines(apps.worker.ran('journal')));
    const primary = async (): Promise<Pod> => {
      let found: Pod | undefined;
      await eventually('a primary', async () => (found = await broker.primary()) !== undefined, PATIENCE);
      if (found === undefined) throw new Error('there is no primary');
      return found;
    };
    /** Waits until what is sent from now on is done. */
    const flows = async (): Promise<void> => {
      const before = sent().length;
      await eventually('tasks that are sent now', () => sent().length > before + 20, PATIENCE);
      const mark = sent().at(-1) ?? '';
      await eventually('tasks that are done', () => done().has(mark), PATIENCE);
    };
    const timed = async (what: string, fault: () => Promise<unknown>): Promise<void> => {
      const at = Date.now();
      await fault();
      const elected = (Date.now() - at) / 1000;
      await flows();
      console.info(
        `Celery ${celery}, ${what}: ${elected.toFixed(1)} s, tasks again after ${((Date.now() - at) / 1000).toFixed(1)} s`,
      );
    };
    const another = (old: Pod) => async (): Promise<void> =>
      eventually(
        'another primary',
        async () => {
          const next = await broker.primary();
          return next !== undefined && next !== old;
        },
        PATIENCE,
      );

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'failover-'));
      broker = await brokerOf(objects);
      await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.start()));
      const place = { folder, programs: await programsOf(celery), port: 0 };
      const app = (name: string): App => {
        const pod = podOf(objects, name, place);
        const env = Object.entries(pod.env).map(([key, value]) => [key, broker.local(value)] as const);
        return { ...pod, env: Object.fromEntries(env) };
      };
      apps = { worker: app('worker-default'), web: app('web') };
      worker = start(apps.worker);
      await until(worker, () => apps.worker.wrote('consuming'), 'the worker consumes');
      web = start(apps.web);
      await flows();
    });

    afterAll(async () => {
      killAll();
      await broker?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('has another primary when the first is killed, which follows when it is back', async () => {
      const old = await primary();

      await timed('primary killed', async () => {
        await old.signal('SIGKILL');
        await another(old)();
      });
      await old.start();
      await eventually('it follows', async () => (await old.info())['master_link_status'] === 'up', PATIENCE);
    });

    it('has another primary when it is told to, which the old one hears of by itself', async () => {
      const old = await primary();

      await timed('SENTINEL FAILOVER', async () => {
        await eventually(
          'a sentinel agrees',
          async () => (await broker.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'primary')) === 'OK',
          PATIENCE,
        );
        await another(old)();
      });
      expect(old.log()).toContain(`start: following 127.0.0.1:${(await primary()).port}`);
    });

    it('has another primary when the first hangs, which follows when it wakes up', async () => {
      const old = await primary();

      await old.signal('SIGSTOP');
      await another(old)();
      await old.signal('SIGCONT');
      await timed('primary awake after it hung', async () =>
        eventually('it follows', async () => (await old.info())['master_link_status'] === 'up', PATIENCE),
      );
    });

    it('works on with a sentinel less, and when all sentinels come back without a memory', async () => {
      await broker.sentinels[0]?.signal('SIGKILL');
      await timed('one sentinel killed', () => Promise.resolve());

      await Promise.all(broker.sentinels.map((pod) => pod.remove()));
      await Promise.all(broker.sentinels.map((pod) => pod.start()));
      await timed('all sentinels new', () => Promise.resolve());
    });

    it('has refused nothing, and lost nothing', async () => {
      await web.stop();
      const missing = (): string[] => sent().filter((id) => !done().has(id));
      await eventually('all is done', () => missing().length === 0, PATIENCE).catch(() => undefined);
      const refused = lines(apps.web.ran('refused'));
      const held = await (await primary()).ask('HVALS', 'unacked');
      const lost = missing().filter((id) => !JSON.stringify(held).includes(id));
      const twice = lines(apps.worker.ran('journal')).length - done().size;
      console.info(
        `Celery ${celery}: ${sent().length} sent, ${refused.length} refused, ` +
          `${lost.length} lost, ${missing().length - lost.length} held, ${twice} done twice`,
      );

      expect(lost).toEqual([]);
      expect(refused).toEqual([]);
      await worker.stop();
    });
  },
);
