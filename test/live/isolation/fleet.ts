/** Everything that is rendered for two tenants, running. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Synth } from '../../support/synth';
import { KEDA } from '../keda';
import type { Connection } from '../redis-connection';
import { programsOf } from '../python';
import { type Pod, type Running, answerOf, killAll, podOf, start, until } from './pods';
import { type LiveRedis, liveRedis } from './redis';
import { type Case, type Isolation, NAMES, type Name, keyPrefix, poolOf, queueOf, rendered } from './tenants';

export interface Fleet {
  readonly redis: (name: Name) => LiveRedis;
  readonly web: (name: Name) => Pod;
  readonly worker: (name: Name) => Pod;
  readonly pid: (name: Name) => number;
  readonly beat: (name: Name) => Running;
  /** A second one of the same tenant, started only now. */
  readonly otherBeat: (name: Name) => Running;
  /** What the workers of a tenant wrote down: one line for each task. */
  readonly journal: (name: Name) => readonly Line[];
  /** What Flower's connection saw of the tenant's workers. */
  readonly events: (name: Name) => string;
  /** The lengths that KEDA asks for, before the workers started. */
  readonly waiting: (name: Name) => Readonly<Record<string, number>>;
  /** What the tenant's worker said when it purged what waited, before all else. */
  readonly purged: (name: Name) => string;
  /** Kills a tenant's worker, tells Redis that the visibility timeout is over, and starts another worker. */
  readonly lose: (name: Name) => Promise<void>;
  /** Leaves bindings that are overdue, as those of a process that has died: whoever asks workers next sweeps them. */
  readonly forget: (name: Name) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export interface Line {
  readonly by: string;
  readonly from: string;
  readonly queue: string;
  readonly task: string;
}

type Per<T> = Readonly<Record<Name, T>>;

export async function both<T>(make: (name: Name) => Promise<T>): Promise<Per<T>> {
  const [first, second] = await Promise.all([make(NAMES[0]), make(NAMES[1])]);
  return { acme: first, 'acme-eu': second };
}

const each = <T>(make: (name: Name) => T): Per<T> => ({ acme: make('acme'), 'acme-eu': make('acme-eu') });

interface Start extends Case {
  readonly folder: string;
  /** Called with each Redis as it starts. */
  readonly keep: (server: LiveRedis) => void;
}

async function fleet({ folder, keep, ...asked }: Start): Promise<Fleet> {
  const { isolation, celery, events } = asked;
  const programs = await programsOf(celery);
  const { tenant, broker } = rendered(asked);
  const server = async (name: Name): Promise<LiveRedis> => {
    const started = await liveRedis(broker(name));
    keep(started);
    return started;
  };
  const first = await server(NAMES[0]);
  const second = isolation === 'dedicated' ? await server(NAMES[1]) : first;
  const redis = (name: Name): LiveRedis => (name === NAMES[0] ? first : second);
  const pod = (name: Name, deployment: string): Pod =>
    podOf(tenant(name), deployment, { folder: join(folder, name), programs, port: redis(name).port });
  const home = (name: Name): Name => poolOf(isolation, name);
  const own = new Map(homes(isolation).map((name) => [name, pod(name, 'worker-default')]));
  const scheduling = new Map(homes(isolation).map((name) => [name, pod(name, 'beat')]));
  const pods = {
    web: each((name) => pod(name, 'web')),
    beat: (name: Name): Pod => theirs(scheduling, home(name)),
    worker: (name: Name): Pod => theirs(own, home(name)),
  };

  const early = () => both((name) => answerOf(pods.web[name], [...pods.web[name].command, 'early']));
  await early();
  const purged = new Map(
    await Promise.all(
      homes(isolation).map(async (name) => [name, await purge(pods.worker(name), isolation, name)] as const),
    ),
  );
  await early();
  const waiting = await both((name) => lengths(tenant(home(name)), redis(name)));
  const beats = new Map(homes(isolation).map((name) => [name, start(pods.beat(name))]));
  const flowers = new Map(
    (events ? NAMES : []).map((name) => [
      name,
      start(pod(name, 'flower'), ['celery', '-A', 'jobs', 'events', '--dump']),
    ]),
  );
  const workers = new Map([...own].map(([name, worker]) => [name, start(worker)]));
  await Promise.all(
    [...workers].map(([name, worker]) => until(worker, consumes(pods.worker(name)), 'the worker consumes')),
  );
  await Promise.all(
    [...flowers.values()].map((one) =>
      until(one, () => one.output().includes('heartbeat:'), 'events arrive'),
    ),
  );
  const more: Running[] = [];
  return {
    redis,
    web: (name) => pods.web[name],
    worker: (name) => pods.worker(name),
    pid: (name) => theirs(workers, home(name)).pid,
    journal: (name) => linesOf(pods.worker(name).ran('journal')),
    beat: (name) => theirs(beats, home(name)),
    otherBeat: (name) => {
      const one = start(pods.beat(name));
      more.push(one);
      return one;
    },
    events: (name) => theirs(flowers, name).output(),
    purged: (name) => theirs(purged, home(name)),
    lose: async (name) => {
      process.kill(-theirs(workers, home(name)).pid, 'SIGKILL');
      await theirs(workers, home(name)).ended;
      await age(await redis(name).admin(), isolation, name);
      workers.set(home(name), start(pods.worker(name)));
    },
    waiting: (name) => waiting[name],
    forget: async (name) => {
      const deadlines = `${keyPrefix(isolation, name)}${deadlinesOf(isolation, name)}`;
      await (await redis(name).admin()).send('ZADD', deadlines, '1', exchangeOf(isolation, name));
    },
    remove: async () => {
      const all = [...beats.values(), ...more, ...flowers.values(), ...workers.values()];
      await Promise.all(all.map((process) => process.stop()));
    },
  };
}

const homes = (isolation: Isolation): Name[] => [...new Set(NAMES.map((name) => poolOf(isolation, name)))];

function theirs<T>(all: ReadonlyMap<Name, T>, name: Name): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`${name} has no pool`);
  return found;
}

const consumes = (pod: Pod) => (): boolean => pod.wrote('consuming');

const linesOf = (journal: string): Line[] =>
  journal
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

/** As the kubelet's `exec` would, for the queues that wait. */
async function purge(pod: Pod, isolation: Isolation, name: Name): Promise<string> {
  const served = isolation === 'group' ? NAMES : [name];
  const queues = served.flatMap((tenant) =>
    ['celery', 'reports'].map((queue) => queueOf(isolation, tenant, queue)),
  );
  const { code, stdout } = await start(pod, ['celery', '-A', 'jobs', 'purge', '-f', '-Q', queues.join(',')])
    .ended;
  return `${code}: ${stdout.trim()}`;
}

/** Makes every task in flight one that nobody has acknowledged for a day. */
async function age(admin: Connection, isolation: Isolation, name: Name): Promise<void> {
  const own = isolation === 'queue' ? `${queueOf(isolation, name, 'celery')}.` : keyPrefix(isolation, name);
  const tags = await admin.send('ZRANGE', `${own}unacked_index`, '0', '-1');
  if (!Array.isArray(tags) || tags.length === 0)
    throw new Error(`nothing is in flight in ${own}unacked_index`);
  const yesterday = String(Date.now() / 1000 - 86_400);
  for (const tag of tags) await admin.send('ZADD', `${own}unacked_index`, yesterday, String(tag));
}

/** Only without a prefix does the tenant's name tell them apart. */
const deadlinesOf = (isolation: Isolation, name: Name): string =>
  isolation === 'queue' ? `tenant-${name}.binding_deadlines` : '_kombu.binding_deadlines';

const exchangeOf = (isolation: Isolation, name: Name): string =>
  isolation === 'queue' ? `reply.tenant-${name}.pidbox` : 'gone';

/** Asks for each list of the rendered ScaledObject as the user that its TriggerAuthentication names. */
async function lengths(objects: Synth, redis: LiveRedis): Promise<Record<string, number>> {
  const user: string = objects.byKind('ConfigMap', 'celery-settings').data['scaler-user'];
  const { triggers } = objects.byKind('ScaledObject', 'worker-default').spec;
  const connection = await redis.as(user);
  const found: Record<string, number> = {};
  for (const { metadata } of triggers) {
    await connection.send('SELECT', metadata.databaseIndex);
    const length = await connection.send('EVAL', KEDA, '1', metadata.listName);
    if (typeof length !== 'number') throw new Error(`${metadata.listName}: ${String(length)}`);
    if (length > 0) found[metadata.listName] = length;
  }
  return found;
}

/** The same, and nothing stays behind, also where it fails. */
export async function runningFleet(asked: Case): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'isolation-'));
  const servers: LiveRedis[] = [];
  const sweep = async (): Promise<void> => {
    killAll();
    await Promise.all(servers.map((server) => server.remove()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const running = await fleet({ ...asked, folder, keep: (server) => servers.push(server) });
    return { ...running, remove: () => running.remove().finally(sweep) };
  } catch (error) {
    await sweep();
    throw error;
  }
}
