/** A broker with sentinels as rendered, a worker, and an app that sends twenty tasks a second: who is the primary, what was lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Synth, lookup } from '../../support/synth';
import { type Pod as App, type Running, killAll, podOf, start, until } from '../isolation/pods';
import { programsOf } from '../python';
import { eventually } from '../redis-server';
import { type Files, secretAt } from '../tls/certificates';
import { type Broker, type Pod, brokerOf, hasCopied } from './pods';
import { connectionsCounted } from './tenant';

/** Seconds: votes may be split, and the kubelet would have killed what hangs for three minutes. */
export const PATIENCE = 60;

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

/** Certificates of the broker's pods and of its clients. */
export interface Sealed {
  readonly servers: Files;
  readonly clients: Files;
}

export interface Outcome {
  readonly refused: readonly string[];
  readonly lost: readonly string[];
}

export interface Scene {
  readonly broker: Broker;
  readonly apps: Readonly<Record<'worker' | 'web', App>>;
  readonly worker: Running;
  readonly primary: () => Promise<Pod>;
  /** Waits until what is sent from now on is done. */
  readonly flows: () => Promise<void>;
  /** Tells how long the fault took, and how long it was until tasks were done again. */
  readonly timed: (what: string, fault: () => Promise<unknown>) => Promise<void>;
  readonly another: (old: Pod) => Promise<void>;
  /** Swaps the mounted certificates of the clients, as a kubelet does. */
  readonly renewClients: (files: Files) => void;
  /** Ends the sender, waits for what is in hand, and counts. */
  readonly counted: () => Promise<Outcome>;
  readonly remove: () => Promise<void>;
}

/** The Secret that somebody else owns. */
const withFiles = (objects: Synth, files: Files): Synth =>
  lookup([
    ...objects.all,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificates' }, stringData: files },
  ]);

export async function sceneOf(celery: string, objects: Synth, sealed?: Sealed): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'failover-'));
  const broker = await brokerOf(objects, undefined, sealed?.servers);
  await Promise.all([...broker.redis, ...broker.sentinels].map((pod) => pod.start()));
  await eventually(
    'all have copied, so that each may become the primary',
    () => haveCopied(broker),
    PATIENCE,
  );
  const place = { folder, programs: await programsOf(celery), port: 0 };
  const mounts: ((files: Files) => void)[] = [];
  const app = (name: string): App => {
    const pod = podOf(sealed ? withFiles(objects, sealed.clients) : objects, name, place);
    const env = Object.entries(pod.env).map(([key, value]) => [key, broker.local(value)] as const);
    if (sealed) mounts.push(remounted(join(folder, name, 'etc/stalk/tls'), sealed.clients));
    return { ...pod, env: Object.fromEntries(env) };
  };
  const apps = { worker: app('worker-default'), web: app('web') };
  const worker = start(apps.worker);
  await until(worker, () => apps.worker.wrote('consuming'), 'the worker consumes');
  const web = start(apps.web);
  const scene: Omit<Scene, 'timed'> = {
    ...{ broker, apps, worker },
    ...observed(broker, apps),
    renewClients: (files) => mounts.forEach((mount) => mount(files)),
    counted: () => counted({ celery, broker, apps, web }),
    remove: async () => {
      killAll();
      await broker.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await scene.flows();
  return { ...scene, timed: timed(celery, scene) };
}

/** Before that, who dies is waited for, as it alone has the data. */
const haveCopied = async ({ redis }: Broker): Promise<boolean> =>
  (await Promise.all(redis.map((pod) => pod.info()))).every(
    (one) => one['role'] === 'master' || hasCopied(one),
  );

/** A folder that was written as files, as a kubelet would have it. */
function remounted(folder: string, files: Files): (files: Files) => void {
  rmSync(folder, { recursive: true });
  const mount = secretAt(folder);
  mount(files);
  return mount;
}

type Apps = Scene['apps'];

const sent = (apps: Apps): string[] => lines(apps.web.ran('sent'));
const done = (apps: Apps): Set<string> => new Set(lines(apps.worker.ran('journal')));

async function primaryOf(broker: Broker): Promise<Pod> {
  let found: Pod | undefined;
  await eventually('a primary', async () => (found = await broker.primary()) !== undefined, PATIENCE);
  if (found === undefined) throw new Error('there is no primary');
  return found;
}

const observed = (broker: Broker, apps: Apps): Pick<Scene, 'primary' | 'flows' | 'another'> => ({
  primary: () => primaryOf(broker),
  flows: async () => {
    const before = sent(apps).length;
    await eventually('tasks that are sent now', () => sent(apps).length > before + 20, PATIENCE);
    const mark = sent(apps).at(-1) ?? '';
    await eventually('tasks that are done', () => done(apps).has(mark), PATIENCE);
  },
  another: async (old) =>
    eventually(
      'another primary',
      async () => {
        const next = await broker.primary();
        return next !== undefined && next !== old;
      },
      PATIENCE,
    ),
});

const timed =
  (celery: string, { flows, apps }: Pick<Scene, 'flows' | 'apps'>): Scene['timed'] =>
  async (what, fault) => {
    const [at, before] = [Date.now(), sent(apps).length];
    await fault();
    const elected = (Date.now() - at) / 1000;
    await flows();
    console.info(
      `Celery ${celery}, ${what} after ${before} sends: ${elected.toFixed(1)} s, tasks again after ${((Date.now() - at) / 1000).toFixed(1)} s`,
    );
  };

interface Counting extends Pick<Scene, 'broker' | 'apps'> {
  readonly celery: string;
  readonly web: Running;
}

async function counted({ celery, broker, apps, web }: Counting): Promise<Outcome> {
  await web.stop();
  const missing = (): string[] => sent(apps).filter((id) => !done(apps).has(id));
  await eventually('all is done', () => missing().length === 0, PATIENCE).catch(() => undefined);
  const refused = lines(apps.web.ran('refused'));
  const held = await (await primaryOf(broker)).ask('HVALS', 'unacked');
  const lost = missing().filter((id) => !JSON.stringify(held).includes(id));
  const twice = lines(apps.worker.ran('journal')).length - done(apps).size;
  console.info(
    `Celery ${celery}: ${sent(apps).length} sent, ${refused.length} refused, ` +
      `${lost.length} lost${lost.map((id) => ` ${sent(apps).indexOf(id)}`).join()}, ${missing().length - lost.length} held, ${twice} done twice`,
  );
  return { refused, lost };
}

/** What a broker with sentinels bears, in plain text and with certificates. */
export function bearsFailovers(scene: () => Scene): void {
  it('has another primary when the first is killed, which follows when it is back', async () => {
    const { primary, timed, another } = scene();
    const old = await primary();

    await timed('primary killed', async () => {
      await old.signal('SIGKILL');
      await another(old);
    });
    await old.start();
    await eventually('it follows', async () => (await old.info())['master_link_status'] === 'up', PATIENCE);
  });

  it('has another primary when it is told to, which the old one hears of by itself', async () => {
    const { broker, primary, timed, another } = scene();
    const old = await primary();

    await timed('SENTINEL FAILOVER', async () => {
      await eventually(
        'a sentinel agrees',
        async () => (await broker.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'primary')) === 'OK',
        PATIENCE,
      );
      await another(old);
    });
    expect(old.log()).toContain(`start: following 127.0.0.1:${(await primary()).port}`);
  });

  it('works on with a sentinel less, and when all sentinels come back without a memory', async () => {
    const { broker, timed } = scene();
    await broker.sentinels[0]?.signal('SIGKILL');
    await timed('one sentinel killed', () => Promise.resolve());

    await Promise.all(broker.sentinels.map((pod) => pod.remove()));
    await Promise.all(broker.sentinels.map((pod) => pod.start()));
    await timed('all sentinels new', () => Promise.resolve());
  });
}

/** What reaches a primary in the moment after it woke up is lost: a busy machine makes that moment long. */
export function bearsAHungPrimary(scene: () => Scene): void {
  it('has another primary when the first hangs, which follows when it wakes up', async () => {
    const { primary, timed, another } = scene();
    const old = await primary();

    await old.signal('SIGSTOP');
    await another(old);
    await old.signal('SIGCONT');
    await timed('primary awake after it hung', async () =>
      eventually('it follows', async () => (await old.info())['master_link_status'] === 'up', PATIENCE),
    );
  });
}

const usersOn = async (pod: Pod): Promise<readonly string[]> =>
  [...String(await pod.ask('CLIENT', 'LIST')).matchAll(/ user=(\S+)/g)].map(([, user = '']) => user);

/** After failovers and a hang, too: what was opened to a primary that is gone is closed. */
export function holdsWhatIsCounted(scene: () => Scene): void {
  it('holds no more connections than are counted, to the primary and to each sentinel', async () => {
    const { broker, primary, flows } = scene();
    await flows();
    const held = await Promise.all([await primary(), ...broker.sentinels].map(usersOn));

    for (const users of held) {
      const of = (user: string): number => users.filter((one) => one === user).length;
      expect(of('acme')).toBeLessThanOrEqual(connectionsCounted('workers.default'));
      expect(of('acme-web')).toBeLessThanOrEqual(connectionsCounted('web'));
    }
    console.info(
      `connections: ${held.map((users) => users.filter((one) => one.startsWith('acme')).length).join(', ')}`,
    );
  });
}
