/** The rendered pods of a broker with sentinels as processes on this machine: hosts become ports of 127.0.0.1. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { type Connection, type Reply, connect } from '../redis-connection';
import { eventually, finished, freePort } from '../redis-server';
import type { Files } from '../tls/certificates';
import { type Names, type Place, type Renew, localHosts, mount, start } from './mounts';

export interface Pod {
  readonly name: string;
  readonly port: number;
  /** Where a path of the pod is on this machine. */
  readonly path: (path: string) => string;
  /** Starts the pod, or its main container alone where it has been started before. */
  readonly start: () => Promise<void>;
  /** To its main process; SIGKILL takes the whole container. */
  readonly signal: (signal: NodeJS.Signals) => Promise<void>;
  /** Takes the pod away, and what is not on a volume. */
  readonly remove: () => Promise<void>;
  /** Takes the data on its volume. */
  readonly empty: () => void;
  /** Gives it the user of the sentinels that it is to have, as a kubelet and the sidecar do: it goes on running. */
  readonly admits: (objects: Synth) => Promise<void>;
  /** Has it start without this user. */
  readonly forget: (user: string) => void;
  readonly ask: (...command: readonly string[]) => Promise<Reply>;
  /** Lines of `INFO replication` and of the server. */
  readonly info: () => Promise<Readonly<Record<string, string>>>;
  readonly log: () => string;
  /** Swaps its mounted certificates, as a kubelet does. */
  readonly renew: Renew;
  /** How often its main process has ended by itself, and was started again. */
  readonly restarts: () => number;
}

export interface Broker {
  /** Of its volumes, and the port of each pod: what it becomes has the same ones. */
  readonly place: Ground;
  readonly names: Names;
  readonly redis: readonly Pod[];
  readonly sentinels: readonly Pod[];
  /** Puts this machine's ports in. */
  readonly local: (text: string) => string;
  /** The one pod that is a primary; undefined while there is none, or more than one. */
  readonly primary: () => Promise<Pod | undefined>;
  readonly remove: () => Promise<void>;
}

interface Ground {
  readonly folder: string;
  readonly ports: ReadonlyMap<string, number>;
}

/**
 * The pods of a broker, or of what another one becomes: the same volumes under other objects. `files` are the certificates
 * of its pods, where they have some; the container `users` renews them then.
 */
export async function brokerOf(objects: Synth, before?: Ground, files?: Files): Promise<Broker> {
  const count = (name: string): number => objects.find('StatefulSet', name)?.spec.replicas ?? 0;
  const all = ['redis', 'redis-replica', 'sentinel'].flatMap((set) =>
    Array.from({ length: count(set) }, (_, number) => `${set}-${number}`),
  );
  const names: [string, number][] = [];
  for (const name of all) names.push([name, before?.ports.get(name) ?? (await freePort())]);
  const folder = before?.folder ?? mkdtempSync(join(tmpdir(), 'sentinel-'));
  const pods = names.map(([name, port]) =>
    podOf(objects, { name, port, names, root: join(folder, name), ...(files && { files }) }),
  );
  const redis = pods.filter(({ name }) => name.startsWith('redis'));
  return {
    place: { folder, ports: new Map(names) },
    names,
    redis,
    sentinels: pods.filter(({ name }) => name.startsWith('sentinel')),
    local: (text) => localHosts(names, text),
    primary: async () => {
      const roles = await Promise.all(redis.map((pod) => pod.info().then(({ role }) => role)));
      const [first, ...more] = redis.filter((_, i) => roles[i] === 'master');
      return more.length === 0 ? first : undefined;
    },
    remove: async () => {
      await Promise.all(pods.map((pod) => pod.remove()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function podOf(objects: Synth, place: Place): Pod {
  const { name, port, root } = place;
  const set = name.replace(/-\d+$/, '');
  const { spec } = objects.byKind('StatefulSet', set).spec.template;
  const run = (container: Json): ChildProcess => start(container, place);
  const [main, users] = spec.containers;
  let running: ChildProcess | undefined;
  let sidecar: ChildProcess | undefined;
  let renew: Renew | undefined;
  let [log, restarts] = ['', 0];

  const kept = (child: ChildProcess): ChildProcess => {
    [child.stdout, child.stderr].forEach((out) =>
      out?.on('data', (data: Buffer) => (log += data.toString())),
    );
    return child;
  };
  const launch = (): void => {
    const child = kept(run(main));
    running = child;
    child.once('close', (code) => {
      if (code !== 0 || running !== child) return;
      restarts += 1;
      launch();
    });
  };
  const gone = async (child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('close', done));
    process.kill(-child.pid, signal);
    await ended;
  };
  const mainGone = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    running = undefined;
    await gone(child, signal);
  };
  const admin = async (): Promise<Connection> =>
    connect(
      place.files ? join(root, 'run/redis/redis.sock') : port,
      'admin',
      readFileSync(join(root, 'run/redis/admin'), 'utf8'),
    );
  const ask: Pod['ask'] = async (...command) => {
    const connection = await within(admin());
    const reply = connection && (await within(connection.send(...command)));
    connection?.close();
    return reply === undefined ? '-no answer' : reply;
  };
  return {
    name,
    port,
    path: (path) => join(root, path),
    ask,
    log: () => log,
    start: async () => {
      if (!existsSync(join(root, 'run/redis'))) {
        renew = mount(objects, spec, place);
        for (const container of spec.initContainers) {
          const { code, output } = await finished(run(container));
          log += output;
          if (code !== 0) throw new Error(`${name}: ${container.name} ended with ${code}: ${output}`);
        }
      }
      launch();
      if (place.files) sidecar ??= kept(run(users));
      await eventually(`${name} answers`, async () => !String(await ask('PING')).startsWith('-no answer'));
    },
    signal: async (signal) => {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') return mainGone(signal);
      if (running?.pid !== undefined) process.kill(running.pid, signal);
    },
    remove: async () => {
      await mainGone('SIGKILL');
      await gone(sidecar, 'SIGKILL');
      sidecar = undefined;
      ['run', 'etc/redis-tls'].forEach((at) => rmSync(join(root, at), { recursive: true, force: true }));
    },
    admits: async (later) => {
      const { spec: next } = later.byKind('StatefulSet', set).spec.template;
      mount(later, next, place);
      const sidecar = next.containers.find((one: Json) => one.name === 'users');
      const watching = run({
        ...sidecar,
        env: [...(sidecar.env ?? []), { name: 'USERS_INTERVAL', value: '0.1' }],
      });
      await eventually(`${name} has the users`, async () =>
        Array.isArray(await ask('ACL', 'GETUSER', 'sentinel')),
      );
      if (watching.pid !== undefined) process.kill(-watching.pid, 'SIGKILL');
    },
    empty: () => rmSync(join(root, 'data'), { recursive: true, force: true }),
    forget: (user) => {
      const file = join(root, 'run/redis/users.acl');
      const rules = readFileSync(file, 'utf8').split('\n');
      writeFileSync(file, rules.filter((rule) => !rule.startsWith(`user ${user} `)).join('\n'));
    },
    renew: (files) => renew?.(files),
    restarts: () => restarts,
    info: async () => {
      const reply = String(await ask('INFO', 'replication', 'server'));
      return Object.fromEntries(
        reply.split('\r\n').map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]),
      );
    },
  };
}

/** A hung Redis accepts connections and answers nothing. */
async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), 1000)));
  const first = await Promise.race([answer.catch(() => undefined), late]);
  clearTimeout(timer);
  return first;
}

export const startAll = (pods: readonly Pod[]): Promise<unknown> =>
  Promise.all(pods.map((pod) => pod.start()));

/** An empty pod is never made the primary: before it has copied, who dies is waited for. */
const hasCopied = (info: Readonly<Record<string, string>>): boolean => info['slave_priority'] === '100';

/** Waits until each pod may become the primary. */
export const haveCopied = ({ redis }: Broker): Promise<void> =>
  eventually(
    'all have copied, so that each may become the primary',
    async () =>
      (await Promise.all(redis.map((pod) => pod.info()))).every(
        (one) => one['role'] === 'master' || hasCopied(one),
      ),
    SETTLES,
  );

/** Starts all pods, for somebody who is going to take the primary away. */
export async function startWhole(broker: Broker): Promise<void> {
  await startAll([...broker.redis, ...broker.sentinels]);
  await haveCopied(broker);
}

/** Seconds: a vote may be split, and an emptied primary is believed for 25 s. */
const SETTLES = 80;

/** The primary, once all others follow it with their links up. */
export async function settled({ redis, primary }: Broker, without: readonly Pod[] = []): Promise<Pod> {
  let found: Pod | undefined;
  await eventually(
    'one primary is followed by all others',
    async () => {
      found = await primary();
      const others = redis.filter((pod) => pod !== found && !without.includes(pod));
      const infos = await Promise.all(others.map((pod) => pod.info()));
      return (
        found !== undefined &&
        infos.every((i) => i['master_link_status'] === 'up' && i['master_port'] === String(found?.port)) &&
        infos.every(hasCopied)
      );
    },
    SETTLES,
  );
  if (found === undefined) throw new Error('there is no primary');
  return found;
}
