/** The rendered pods of a broker with sentinels as processes on this machine: hosts become ports of 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { localTo } from '../exporter/exporter';
import { type Connection, type Reply, connect } from '../redis-connection';
import { eventually, finished, freePort } from '../redis-server';

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
}

export interface Broker {
  /** Of its volumes, and the port of each pod: what it becomes has the same ones. */
  readonly place: Ground;
  readonly redis: readonly Pod[];
  readonly sentinels: readonly Pod[];
  /** Puts this machine's ports in. */
  readonly local: (text: string) => string;
  /** The one pod that is a primary; undefined while there is none, or more than one. */
  readonly primary: () => Promise<Pod | undefined>;
  readonly remove: () => Promise<void>;
}

type Names = readonly (readonly [string, number])[];

interface Ground {
  readonly folder: string;
  readonly ports: ReadonlyMap<string, number>;
}

const PLACES = [
  '/run/redis',
  '/run/exporter',
  '/etc/redis-users',
  '/etc/redis',
  '/opt/redis',
  '/data',
] as const;

/** What the file system of a pod is called here; the longer path first, as one begins the other. */
const rooted = (root: string, text: string): string =>
  PLACES.reduce(
    (so, place) => so.replaceAll(new RegExp(`(?<![\\w/.-])${place}(?=[/\\s]|$)`, 'gm'), `${root}${place}`),
    text,
  );

const localHosts = (names: Names, text: string): string =>
  names.reduce(
    (so, [name, port]) =>
      so.replaceAll(new RegExp(`\\b${name}\\.[\\w-]+\\.[\\w.-]+([: ])\\d+`, 'g'), `127.0.0.1$1${port}`),
    text,
  );

/** The pods of a broker, or of what another one becomes: the same volumes under other objects. */
export async function brokerOf(objects: Synth, before?: Ground): Promise<Broker> {
  const count = (name: string): number => objects.find('StatefulSet', name)?.spec.replicas ?? 0;
  const all = ['redis', 'redis-replica', 'sentinel'].flatMap((set) =>
    Array.from({ length: count(set) }, (_, number) => `${set}-${number}`),
  );
  const names: [string, number][] = [];
  for (const name of all) names.push([name, before?.ports.get(name) ?? (await freePort())]);
  const folder = before?.folder ?? mkdtempSync(join(tmpdir(), 'sentinel-'));
  const pods = names.map(([name, port]) => podOf(objects, { name, port, names, root: join(folder, name) }));
  const redis = pods.filter(({ name }) => name.startsWith('redis'));
  return {
    place: { folder, ports: new Map(names) },
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

interface Place {
  readonly name: string;
  readonly port: number;
  readonly names: Names;
  readonly root: string;
}

function podOf(objects: Synth, place: Place): Pod {
  const { name, port, root } = place;
  const set = name.replace(/-\d+$/, '');
  const { spec } = objects.byKind('StatefulSet', set).spec.template;
  const run = (container: Json): ChildProcess => start(container, place);
  const [main] = spec.containers;
  let running: ChildProcess | undefined;
  let log = '';

  const gone = async (signal: NodeJS.Signals): Promise<void> => {
    const child = running;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('close', done));
    process.kill(-child.pid, signal);
    await ended;
  };
  const admin = async (): Promise<Connection> =>
    connect(port, 'admin', readFileSync(join(root, 'run/redis/admin'), 'utf8'));
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
        mount(objects, spec, place);
        for (const container of spec.initContainers) {
          const { code, output } = await finished(run(container));
          log += output;
          if (code !== 0) throw new Error(`${name}: ${container.name} ended with ${code}: ${output}`);
        }
      }
      running = run(main);
      [running.stdout, running.stderr].forEach((out) =>
        out?.on('data', (data: Buffer) => (log += data.toString())),
      );
      await eventually(`${name} answers`, async () => !String(await ask('PING')).startsWith('-no answer'));
    },
    signal: async (signal) => {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') return gone(signal);
      if (running?.pid !== undefined) process.kill(running.pid, signal);
    },
    remove: async () => {
      await gone('SIGKILL');
      rmSync(join(root, 'run'), { recursive: true, force: true });
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

/** Redis and the sentinel listen on the same line of their configurations. */
const LISTENS = /^port \d+\nbind .*$/m;

function mount(objects: Synth, spec: Json, { root, port, names }: Place): void {
  const folders: readonly Json[] = [...spec.initContainers, ...spec.containers].flatMap(
    (c: Json) => c.volumeMounts,
  );
  for (const { name, mountPath } of folders) {
    const path = join(root, mountPath);
    mkdirSync(path, { recursive: true });
    const volume = spec.volumes.find((v: Json) => v.name === name);
    for (const [file, text] of filesOf(objects, volume)) {
      const mine = file.endsWith('.sh') ? text : rooted(root, localHosts(names, text));
      writeFileSync(join(path, file), mine.replace(LISTENS, `port ${port}\nbind 127.0.0.1`));
    }
  }
}

function filesOf(objects: Synth, volume: Json): [string, string][] {
  if (volume?.configMap) return Object.entries(objects.byKind('ConfigMap', volume.configMap.name).data);
  return volume?.secret ? Object.entries(objects.byKind('Secret', volume.secret.secretName).stringData) : [];
}

function start({ command, env = [] }: Json, { name, port, names, root }: Place): ChildProcess {
  const shown = (text: string): string =>
    localTo({ port, shared: `${root}/run/exporter` }, localHosts(names, text));
  const set = env.map((v: Json) => [v.name, v.valueFrom ? name : shown(v.value)] as const);
  const [program, ...args]: string[] = command.map((word: string) => rooted(root, word));
  return spawn(program ?? '', args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...Object.fromEntries(set),
      ...{ REDIS_PORT: String(port), FOLLOW_INTERVAL: '1', PATIENCE: '8' },
      ...{ USERS_RUN: `${root}/run/redis`, REDIS_DATA: `${root}/data` },
      ...{
        USERS_RULES: `${root}/etc/redis-users/rules`,
        USERS_PASSWORDS: `${root}/etc/redis-users/passwords`,
      },
      ...{ REDIS_CONF: `${root}/etc/redis/redis.conf`, CONF: `${root}/etc/redis/sentinel.conf` },
    },
  });
}
