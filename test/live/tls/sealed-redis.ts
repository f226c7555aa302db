/** A Redis with certificates, started from the rendered redis.conf and scripts; its Secret is renewed as a kubelet does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { REDIS_CLI } from '../../../lib/cluster/redis-cli';
import type { Json, Synth } from '../../support/synth';
import { exporterUserEnv } from '../exporter/exporter';
import type { Run } from '../redis-pod';
import { eventually, finished, redisIn } from '../redis-server';
import { type Files, secretAt } from './certificates';

export interface SealedRedis {
  readonly port: number;
  readonly folder: string;
  /** Swaps the mounted Secret at once, as the kubelet does. */
  readonly mount: (files: Files) => void;
  readonly probe: (question: string) => Promise<{ readonly code: number | null; readonly output: string }>;
  /** As verify and loadtest ask in the pod. */
  readonly asked: (command: string) => Promise<string>;
  readonly says: (text: string) => Promise<void>;
  /** A client that shows these files and logs in as admin. */
  readonly client: (files: Files) => Promise<Client>;
  readonly remove: () => Promise<void>;
}

export interface Client {
  /** Serial number of the certificate that Redis showed. */
  readonly serial: string;
  readonly ask: (command: string) => Promise<string>;
  readonly close: () => void;
}

/** Lines that name a pod's places: without them the configuration is not the one that is meant here. */
const OF_THE_POD = ['port 0', 'tls-port 6380', 'bind * -::*', 'dir /data'];

function localConf(text: string, folder: string): string {
  const lost = OF_THE_POD.filter((line) => !text.split('\n').includes(line));
  if (lost.length > 0) throw new Error(`redis.conf has no line ${lost.join(' and no ')}`);
  return text
    .replace('bind * -::*\n', '')
    .replace('dir /data\n', '')
    .replace('tls-port 6380\n', '')
    .replaceAll('/run/redis', join(folder, 'run'))
    .replaceAll('/run/exporter', join(folder, 'exporter'))
    .replaceAll('/etc/redis-tls', join(folder, 'tls'));
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  Object.entries(files).forEach(([name, text]) => writeFileSync(join(folder, name), text));
}

export async function sealedRedis(objects: Synth, run: Run, first: Files): Promise<SealedRedis> {
  const conf: string = objects.byKind('ConfigMap', 'redis-config').data['redis.conf'];
  // the TLS port is the one that is free; plain text has none
  const redis = await redisIn((folder) => localConf(conf, folder));
  const path = (name: string): string => join(redis.folder, name);
  const mount = secretAt(path('tls'));
  mount(first);
  mkdirSync(path('run'));
  write(path('rules'), objects.byKind('ConfigMap', 'redis-rules').data);
  write(path('passwords'), objects.byKind('Secret', 'redis-users').stringData);
  const env = {
    ...told(objects, redis.port, path('tls')),
    ...{ USERS_RULES: path('rules'), USERS_PASSWORDS: path('passwords'), USERS_RUN: path('run') },
    ...exporterUserEnv(objects, 'redis', { port: redis.port, shared: path('exporter') }),
    USERS_INTERVAL: '0.1',
  };
  const built = await finished(run('users.sh', 'build', env));
  if (built.code !== 0) throw new Error(built.output);
  await redis.start('--tls-port', String(redis.port));
  let log = '';
  const watcher: ChildProcess = run('users.sh', 'watch', env);
  watcher.stderr?.on('data', (data: Buffer) => (log += data.toString()));
  const clients: Client[] = [];
  return {
    port: redis.port,
    folder: redis.folder,
    mount,
    probe: (question) => finished(run('probe.sh', question, env)),
    asked: async (command) => {
      const child = spawn('sh', ['-c', REDIS_CLI + command], { env: { ...env, PATH: process.env['PATH'] } });
      return (await finished(child)).output.trim();
    },
    says: (text) => eventually(`the sidecar says "${text}", not ${log}`, () => log.includes(text)),
    client: async (files) => {
      const opened = await clientOf(redis.port, files, readFileSync(path('run/admin'), 'utf8'));
      clients.push(opened);
      return opened;
    },
    remove: async () => {
      clients.forEach((client) => client.close());
      watcher.kill('SIGTERM');
      await redis.remove();
    },
  };
}

/** What the rendered sidecar is told, with this machine's places. */
function told(objects: Synth, port: number, folder: string): Record<string, string> {
  const { containers } = objects.byKind('StatefulSet', 'redis').spec.template.spec;
  const env: Json[] = containers.find(({ name }: Json) => name === 'users').env;
  const local: Readonly<Record<string, string>> = { '6380': String(port), '/etc/redis-tls': folder };
  return Object.fromEntries(env.map(({ name, value }) => [name, local[value] ?? value]));
}

function clientOf(port: number, files: Files, password: string): Promise<Client> {
  return new Promise((done, fail) => {
    const { 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key } = files;
    const socket = connectTls({ host: '127.0.0.1', servername: 'localhost', port, ca, cert, key });
    const ask = (command: string): Promise<string> =>
      new Promise((answer) => {
        socket.once('data', (data: Buffer) => answer(data.toString().trim()));
        socket.once('close', () => answer('closed'));
        socket.write(`${command}\r\n`);
      });
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const { serialNumber: serial } = socket.getPeerCertificate();
      void ask(`AUTH admin ${password}`).then((reply) =>
        reply === '+OK' ? done({ serial, ask, close: () => socket.destroy() }) : fail(new Error(reply)),
      );
    });
  });
}
