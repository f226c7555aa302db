/** A real Redis started from the rendered redis.conf, rules, passwords and scripts. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Synth } from '../../support/synth';
import { exporterUserEnv } from '../exporter/exporter';
import { type Connection, type Reply, connect } from '../redis-connection';
import { type Launched, type Redis, finished, redisIn } from '../redis-server';

export interface LiveRedis extends Pick<
  Redis,
  'port' | 'folder' | 'start' | 'stop' | 'signal' | 'becomes' | 'remove'
> {
  readonly as: (user: string) => Promise<Connection>;
  readonly admin: () => Promise<Connection>;
  /** What the users were refused since it started. */
  readonly refused: () => Promise<readonly Refusal[]>;
}

export interface Refusal {
  readonly user: string;
  readonly reason: string;
  readonly object: string;
  /** The last command of the client that was refused. */
  readonly command: string;
}

/** Lines of redis.conf that name a pod's places; `redisIn` puts its own in front. */
const OF_THE_POD = ['port 6379', 'bind * -::*', 'dir /data'];

/** A read replica, and where its primary is on this machine. */
export interface Replica {
  readonly server: 'redis-replica';
  readonly primary: number;
}

/** The cache in place of the broker. */
interface OfCache {
  readonly server: 'cache';
}

function localConf(conf: string, folder: string): string {
  const lines = conf.split('\n');
  const lost = OF_THE_POD.filter((line) => !lines.includes(line));
  if (lost.length > 0) throw new Error(`redis.conf has no line ${lost.join(' and no ')}`);
  return lines
    .filter((line) => !OF_THE_POD.includes(line))
    .join('\n')
    .replaceAll('/run/redis', join(folder, 'run'));
}

/** The rendered command without its last word, redis.conf. */
const launched =
  (objects: Synth, name: string): Launched =>
  (folder) => {
    const [redis] = objects.byKind('StatefulSet', name).spec.template.spec.containers;
    const command: readonly string[] = redis.command.slice(0, -1);
    return {
      command: command.map((word) => word.replace('/opt/redis', join(folder, 'scripts'))),
      env: { REDIS_DATA: join(folder, 'data'), USERS_RUN: join(folder, 'run') },
    };
  };

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
}

export async function liveRedis(objects: Synth, other?: Replica | OfCache): Promise<LiveRedis> {
  const replica = other?.server === 'redis-replica' ? other : undefined;
  const of = other?.server === 'cache' ? 'cache' : 'redis';
  const { data: config } = objects.byKind('ConfigMap', `${other?.server ?? 'redis'}-config`);
  const conf = (config['redis.conf'] as string).replace(
    /^replicaof .*$/m,
    `replicaof 127.0.0.1 ${String(replica?.primary)}`,
  );
  const redis = await redisIn(
    (folder) => localConf(conf, folder),
    launched(objects, other?.server ?? 'redis'),
  );
  const path = (name: string): string => join(redis.folder, name);
  const passwords: Readonly<Record<string, string>> = objects.byKind('Secret', `${of}-users`).stringData;
  write(path('rules'), objects.byKind('ConfigMap', `${of}-rules`).data);
  write(path('passwords'), passwords);
  write(path('scripts'), objects.byKind('ConfigMap', `${of}-scripts`).data);
  mkdirSync(path('run'));

  const env = {
    ...{ PATH: process.env['PATH'], REDIS_PORT: String(redis.port) },
    ...{ USERS_RULES: path('rules'), USERS_PASSWORDS: path('passwords'), USERS_RUN: path('run') },
    ...exporterUserEnv(objects, other?.server ?? 'redis', { port: redis.port, shared: path('exporter') }),
  };
  const built = await finished(spawn('sh', [path('scripts/users.sh'), 'build'], { env }));
  if (built.code !== 0) {
    await redis.remove();
    throw new Error(`users.sh build: ${built.output}`);
  }
  await redis.start();

  const opened: Connection[] = [];
  const login = async (user: string, password: string): Promise<Connection> => {
    const connection = await connect(redis.port, user, password);
    opened.push(connection);
    return connection;
  };
  const admin = () => login('admin', readFileSync(path('run/admin'), 'utf8'));
  return {
    ...redis,
    admin,
    as: (user) => login(user, passwords[user] ?? ''),
    refused: async () => refusals(await (await admin()).send('ACL', 'LOG', '128')),
    remove: async () => {
      opened.forEach((connection) => connection.close());
      await redis.remove();
    },
  };
}

/** Each entry of ACL LOG is a list of names and values. */
function refusals(log: Reply): Refusal[] {
  if (!Array.isArray(log)) throw new Error(`ACL LOG: ${String(log)}`);
  return log.map((entry: readonly Reply[]) => {
    const value = (name: string): string => String(entry[entry.indexOf(name) + 1]);
    const command = / cmd=(\S+)/.exec(value('client-info'))?.[1] ?? '';
    return { user: value('username'), reason: value('reason'), object: value('object'), command };
  });
}
