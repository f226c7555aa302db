/** A broker with sentinels as rendered, a worker, and an app that sends twenty tasks a second: who is the primary, what was lost. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Synth, lookup } from '../../support/synth';
import { type Pod as App, type Running, killAll, podOf, start, until } from '../isolation/pods';
import { programsOf } from '../python';
import { eventually } from '../redis-server';
import { type Files, secretAt } from '../tls/certificates';
import { type Broker, type Pod, brokerOf, startWhole } from './pods';
import { connectionsCounted } from './tenant';

/** Seconds: votes may be split, and the kubelet would have killed what hangs for three minutes. */
export const PATIENCE = 60;

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

/** Certificates of the broker's pods and of its clients. */
export interface Sealed {
  readonly servers: Files;
  readonly clients: Files;
}

/** Tasks of one tenant under one Celery. */
export interface Side {
  readonly celery: string;
  readonly objects: Synth;
  /** In front of the tenant's keys. */
  readonly prefix: string;
  /** Names of its users. */
  readonly users: Readonly<Record<'worker' | 'web', string>>;
}

export interface Outcome {
  readonly celery: string;
  readonly refused: readonly string[];
  /** But what reached a primary that was none any more. */
  readonly lost: readonly string[];
}

export interface Scene {
  readonly broker: Broker;
  readonly sides: readonly Side[];
  readonly primary: () => Promise<Pod>;
  /** Waits until what is sent from now on is done. */
  readonly flows: () => Promise<void>;
  /** Tells how long the fault took, and how long it was until tasks were done again. */
  readonly timed: (what: string, fault: () => Promise<unknown>) => Promise<void>;
  readonly another: (old: Pod) => Promise<void>;
  /** Begins a time in which a pod may take what another one should, which is lost; gives back what ends it. */
  readonly risk: () => () => void;
  /** Swaps the mounted certificates of the clients, as a kubelet does. */
  readonly renewClients: (files: Files) => void;
  /** Ends the senders, waits for what is in hand, and counts. */
  readonly counted: () => Promise<readonly Outcome[]>;
  readonly remove: () => Promise<void>;
}

/** The Secret that somebody else owns. */
const withFiles = (objects: Synth, files: Files): Synth =>
  lookup([
    ...objects.all,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificates' }, stringData: files },
  ]);

export async function sceneOf(objects: Synth, sides: readonly Side[], sealed?: Sealed): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'failover-'));
  const broker = await brokerOf(objects, undefined, sealed?.servers);
  await startWhole(broker);
  const parts = await Promise.all(sides.map((side) => partOf(side, folder, broker, sealed)));
  const scene: Scene = {
    ...{ broker, sides },
    ...observed(broker, parts),
    risk: () => {
      const ends = parts.map(riskOf);
      return () => ends.forEach((end) => end());
    },
    renewClients: (files) => parts.forEach(({ mounts }) => mounts.forEach((mount) => mount(files))),
    counted: () => Promise.all(parts.map((part) => counted(part, broker))),
    remove: async () => {
      killAll();
      await broker.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await scene.flows();
  return scene;
}

/** A side whose worker and sender run. */
interface Part extends Side {
  readonly apps: Readonly<Record<'worker' | 'web', App>>;
  readonly worker: Running;
  readonly web: Running;
  readonly mounts: readonly ((files: Files) => void)[];
  /** Of what was sent, from one number to the other. */
  readonly risks: [number, number][];
}

async function partOf(side: Side, ground: string, broker: Broker, sealed?: Sealed): Promise<Part> {
  const folder = join(ground, side.celery);
  const place = { folder, programs: await programsOf(side.celery), port: 0 };
  const mounts: ((files: Files) => void)[] = [];
  const app = (name: string): App => {
    const pod = podOf(sealed ? withFiles(side.objects, sealed.clients) : side.objects, name, place);
    const env = Object.entries(pod.env).map(([key, value]) => [key, broker.local(value)] as const);
    if (sealed) mounts.push(remounted(join(folder, name, 'etc/stalk/tls'), sealed.clients));
    return { ...pod, env: Object.fromEntries(env) };
  };
  const apps = { worker: app('worker-default'), web: app('web') };
  const worker = start(apps.worker);
  await until(worker, () => apps.worker.wrote('consuming'), 'the worker consumes');
  return { ...side, apps, worker, web: start(apps.web), mounts, risks: [] };
}

/** A folder that was written as files, as a kubelet would have it. */
function remounted(folder: string, files: Files): (files: Files) => void {
  rmSync(folder, { recursive: true });
  const mount = secretAt(folder);
  mount(files);
  return mount;
}

const sent = ({ apps }: Part): string[] => lines(apps.web.ran('sent'));
const done = ({ apps }: Part): Set<string> => new Set(lines(apps.worker.ran('journal')));

async function primaryOf(broker: Broker): Promise<Pod> {
  let found: Pod | undefined;
  await eventually('a primary', async () => (found = await broker.primary()) !== undefined, PATIENCE);
  if (found === undefined) throw new Error('there is no primary');
  return found;
}

async function flows(part: Part): Promise<void> {
  const [before, { celery }] = [sent(part).length, part];
  await eventually(
    `tasks of Celery ${celery} that are sent now`,
    () => sent(part).length > before + 20,
    PATIENCE,
  );
  const mark = sent(part).at(-1) ?? '';
  await eventually(`tasks of Celery ${celery} that are done`, () => done(part).has(mark), PATIENCE);
}

/** With what its pods wrote last, where it fails: by then nobody can ask them. */
async function explained<T>({ redis, sentinels }: Broker, wait: Promise<T>): Promise<T> {
  try {
    return await wait;
  } catch (error) {
    const last = [...sentinels, ...redis].map(
      (pod) => `--- ${pod.name}\n${pod.log().split('\n').slice(-25).join('\n')}`,
    );
    throw new Error(`${String(error)}\n${last.join('\n')}`, { cause: error });
  }
}

const observed = (
  broker: Broker,
  parts: readonly Part[],
): Pick<Scene, 'primary' | 'flows' | 'timed' | 'another'> => ({
  primary: () => primaryOf(broker),
  flows: async () => {
    await explained(broker, Promise.all(parts.map(flows)));
  },
  timed: async (what, fault) => {
    const at = Date.now();
    const seconds = (): string => `${((Date.now() - at) / 1000).toFixed(1)} s`;
    await fault();
    const elected = seconds();
    const again = await explained(
      broker,
      Promise.all(
        parts.map(async (part) => {
          await flows(part);
          return `${seconds()} (Celery ${part.celery}, ${sent(part).length} sends)`;
        }),
      ),
    );
    console.info(`${what}: ${elected}, tasks again after ${again.join(', ')}`);
  },
  another: async (old) =>
    explained(
      broker,
      eventually(
        'another primary',
        async () => {
          const next = await broker.primary();
          return next !== undefined && next !== old;
        },
        PATIENCE,
      ),
    ),
});

/** A send is noted when it has its answer: one more may be on its way at the end. */
function riskOf(part: Part): () => void {
  const from = sent(part).length;
  return () => part.risks.push([from, sent(part).length + 1]);
}

async function counted(part: Part, broker: Broker): Promise<Outcome> {
  const { celery, apps, prefix, risks } = part;
  await part.web.stop();
  const all = sent(part);
  const missing = (): string[] => {
    const journal = done(part);
    return all.filter((id) => !journal.has(id));
  };
  const risked = (id: string): boolean =>
    risks.some(([from, to]) => from <= all.indexOf(id) && all.indexOf(id) < to);
  await eventually('all is done', () => missing().every(risked), PATIENCE).catch(() => undefined);
  const refused = lines(apps.web.ran('refused'));
  const held = JSON.stringify(await (await primaryOf(broker)).ask('HVALS', `${prefix}unacked`));
  const gone = missing().filter((id) => !held.includes(id));
  const lost = gone.filter((id) => !risked(id));
  const twice = lines(apps.worker.ran('journal')).length - done(part).size;
  const inRisk = gone.filter(risked);
  console.info(
    `Celery ${celery}: ${all.length} sent, ${refused.length} refused, ${lost.length} lost${numbers(all, lost)}, ` +
      `${inRisk.length} lost to a primary that was none any more${numbers(all, inRisk)} ` +
      `(of ${risks.map((one) => one.join('-')).join(', ')}), ` +
      `${missing().length - gone.length} held, ${twice} done twice`,
  );
  await part.worker.stop();
  return { celery, refused, lost };
}

const numbers = (all: readonly string[], some: readonly string[]): string =>
  some.map((id) => ` ${all.indexOf(id)}`).join();

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
    await follows(old);
  });

  it('has another primary when it is told to, which the old one hears of by itself', async () => {
    const { broker, primary, timed, another, risk } = scene();
    const old = await primary();

    await timed('SENTINEL FAILOVER', async () => {
      const over = risk();
      await eventually(
        'a sentinel agrees',
        async () => (await broker.sentinels[0]?.ask('SENTINEL', 'FAILOVER', 'primary')) === 'OK',
        PATIENCE,
      );
      await another(old);
      over();
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

const follows = (pod: Pod): Promise<void> =>
  eventually('it follows', async () => (await pod.info())['master_link_status'] === 'up', PATIENCE);

/** What reaches a primary in the moment after it woke up is lost: a busy machine makes that moment long. */
export function bearsAHungPrimary(scene: () => Scene): void {
  it('has another primary when the first hangs, which follows when it wakes up', async () => {
    const { primary, timed, another, risk } = scene();
    const old = await primary();

    await old.signal('SIGSTOP');
    await another(old);
    await timed('primary awake after it hung', async () => {
      const over = risk();
      await old.signal('SIGCONT');
      await eventually('it is none any more', async () => (await old.info())['role'] === 'slave', PATIENCE);
      over();
    });
    await follows(old);
  });
}

const usersOn = async (pod: Pod): Promise<readonly string[]> =>
  [...String(await pod.ask('CLIENT', 'LIST')).matchAll(/ user=(\S+)/g)].map(([, user = '']) => user);

/** After failovers and a hang, too: what was opened to a primary that is gone is closed. */
export function holdsWhatIsCounted(scene: () => Scene): void {
  it('holds no more connections than are counted, to the primary and to each sentinel', async () => {
    const { broker, sides, primary, flows } = scene();
    await flows();
    const held = await Promise.all([await primary(), ...broker.sentinels].map(usersOn));

    for (const users of held) {
      const of = (user: string): number => users.filter((one) => one === user).length;
      for (const { users: own } of sides) {
        expect(of(own.worker)).toBeLessThanOrEqual(connectionsCounted('workers.default'));
        expect(of(own.web)).toBeLessThanOrEqual(connectionsCounted('web'));
      }
    }
    const all = sides.flatMap((side) => Object.values(side.users));
    console.info(
      `connections: ${held.map((users) => users.filter((one) => all.includes(one)).length).join(', ')}`,
    );
  });
}
