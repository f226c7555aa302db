/** The data of one Redis on a volume of its own: started as its pod starts it, damaged, mended and counted. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Connection, connect } from '../redis-connection';
import { type Shell, eventually, finished, freePort, missing, shells } from '../redis-server';

/** Where `scripts/other-redis.sh build/other-redis` puts its servers. */
const OTHERS = join(__dirname, '../../../build/other-redis');

export interface Kind {
  readonly title: string;
  readonly run: NonNullable<Shell['run']>;
  readonly env: Readonly<Record<string, string>>;
}

/** `Redis 7.0` */
const versionOf = (env: Kind['env']): string => {
  const said = spawnSync('redis-server', ['--version'], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return said.stdout.replace(/^(\w+) .* v=(\d+\.\d+).*/s, '$1 $2');
};

const others = ['redis', 'valkey']
  .map((name) => join(OTHERS, name, 'bin'))
  .filter((folder) => existsSync(join(folder, 'redis-check-aof')))
  .map((folder) => ({ PATH: [folder, process.env['PATH']].join(delimiter) }));

const kindsOf = ({ name, run }: Shell): Kind[] =>
  run === undefined
    ? []
    : [{}, ...(name === 'dash' ? others : [])].map((env: Kind['env']) => ({
        ...{ run, env },
        title: `with ${versionOf(env)} in ${name}`,
      }));

/** Each Redis that is here, and each shell that its image may have. */
export const kinds: readonly Kind[] = missing === '' ? shells.flatMap(kindsOf) : [];

if (kinds.length === 0) console.warn(`disks are NOT proven here: ${missing}`);
if (others.length < 2)
  console.warn(
    'disks are NOT proven here with other Redis: run scripts/other-redis.sh build/other-redis first',
  );

export interface Counted {
  /** In the queue. */
  readonly waiting: number;
  /** In `unacked`. */
  readonly inHand: number;
}

export interface Volume {
  /** Of the volume. */
  readonly path: (...parts: readonly string[]) => string;
  /** The one file of the append-only file with this end. */
  readonly part: (end: '.base.rdb' | '.incr.aof' | '.manifest') => string;
  /** Whether Redis is there. */
  readonly start: () => Promise<boolean>;
  readonly log: () => string;
  readonly admin: () => Promise<Connection>;
  readonly count: () => Promise<Counted>;
  readonly mend: (verb: string) => Promise<{ readonly code: number | null; readonly output: string }>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function volumeOf({ run, env }: Kind, config: readonly string[]): Promise<Volume> {
  const folder = mkdtempSync(join(tmpdir(), 'volume-'));
  const path: Volume['path'] = (...parts) => join(folder, 'data', ...parts);
  const port = await freePort();
  ['data', 'run'].forEach((name) => mkdirSync(join(folder, name)));
  const conf = join(folder, 'redis.conf');
  writeFileSync(conf, [`port ${port}`, 'bind 127.0.0.1', `dir ${path()}`, ...config, ''].join('\n'));
  const of = { ...env, REDIS_DATA: path(), USERS_RUN: join(folder, 'run') };
  const opened: Connection[] = [];
  let server: ChildProcess | undefined;
  let log = '';
  const isOver = (): boolean =>
    server === undefined || server.exitCode !== null || server.signalCode !== null;
  const stop: Volume['stop'] = async (signal = 'SIGKILL') => {
    opened.splice(0).forEach((connection) => connection.close());
    if (server === undefined || isOver()) return;
    const gone = new Promise((done) => server?.once('exit', done));
    server.kill(signal);
    await gone;
  };
  const admin = async (): Promise<Connection> => {
    const connection = await connect(port);
    opened.push(connection);
    return connection;
  };
  return {
    path,
    part: (end) =>
      path('appendonlydir', readdirSync(path('appendonlydir')).find((f) => f.endsWith(end)) ?? end),
    log: () => log,
    admin,
    stop,
    start: async () => {
      log = '';
      server = run('data.sh', ['start', 'redis-server', conf], of);
      const hear = (data: Buffer): void => void (log += data.toString());
      [server.stdout, server.stderr].forEach((stream) => stream?.on('data', hear));
      const closed = new Promise((done) => server?.once('close', done));
      await eventually('Redis is there or has ended', () => isOver() || log.includes('Ready to accept'), 30);
      if (isOver()) await closed;
      return !isOver();
    },
    count: async () => {
      const asked = await admin();
      const number = async (...words: readonly string[]): Promise<number> =>
        Number(await asked.send(...words));
      return { waiting: await number('LLEN', 'celery'), inHand: await number('HLEN', 'unacked') };
    },
    mend: (verb) => finished(run('data.sh', verb, of)),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
