/** Starts real Redis servers on 127.0.0.1, and the scripts that run beside them in a pod. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Shell {
  readonly name: string;
  /** Runs a script of lib/redis/runtime; undefined where this machine lacks the shell or Redis. */
  readonly run?: (
    script: string,
    argument: string | readonly string[],
    env: Readonly<Record<string, string>>,
  ) => ChildProcess;
}

const SCRIPTS = resolve(__dirname, '../../lib/redis/runtime');
/** What redis:7-alpine has from busybox and the scripts call. */
const APPLETS = [
  'ash',
  'awk',
  'cat',
  'date',
  'grep',
  'head',
  'ln',
  'ls',
  'mkdir',
  'mv',
  'rm',
  'rmdir',
  'sha256sum',
  'sleep',
  'stat',
  'tail',
  'timeout',
  'touch',
  'tr',
  'wc',
];

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Polls until the condition holds; names what it waited for when it never does. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 15,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(50);
  }
}

export const which = (program: string): string | undefined =>
  spawnSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim() || undefined;

/** Programs of busybox. */
export const applets = (): readonly string[] =>
  spawnSync('busybox', ['--list'], { encoding: 'utf8' }).stdout.trim().split('\n');

export const isOnPath = (program: string): boolean => which(program) !== undefined;

/** Why the Redis tests cannot run here; undefined where they can. */
export const missing = ['redis-server', 'redis-cli']
  .filter((program) => !isOnPath(program))
  .map((program) => `${program} is not on PATH`)
  .join(', ');

/** A folder with busybox in place of every other tool, as in an Alpine image. */
function busyboxPath(busybox: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'busybox-'));
  APPLETS.forEach((applet) => symlinkSync(busybox, join(folder, applet)));
  // Debian's busybox has no flock; Alpine's has
  ['redis-server', 'redis-cli', 'redis-check-aof', 'redis-check-rdb', 'flock'].forEach((name) =>
    symlinkSync(which(name) ?? name, join(folder, name)),
  );
  return folder;
}

function shell(name: string, program: string): Shell {
  const found = which(program);
  if (missing !== '' || found === undefined) return { name };
  const path = program === 'busybox' ? busyboxPath(found) : (process.env['PATH'] ?? '');
  const command = program === 'busybox' ? [found, 'ash'] : [found];
  return {
    name,
    run: (script, argument, env) =>
      spawn(command[0] ?? '', [...command.slice(1), join(SCRIPTS, script), ...[argument].flat()], {
        env: { PATH: path, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
  };
}

/** Both shells that the scripts meet: Debian's and Alpine's. */
export const shells: readonly Shell[] = [shell('dash', 'dash'), shell('busybox ash', 'busybox')];

export async function finished(process: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  process.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  process.stderr?.on('data', (data: Buffer) => (output += data.toString()));
  const code = await new Promise<number | null>((done) => process.once('close', done));
  return { code, output };
}

/** Below those that the kernel gives to clients: one of these would take a port before its server starts. */
const PORTS = { first: 10_000, count: 22_000 };

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer().once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

export interface Redis {
  readonly port: number;
  readonly folder: string;
  /** Starts it (again), and waits until it listens, loaded or not. */
  readonly start: (...more: readonly string[]) => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Another program from its next start on, as with another image. */
  readonly becomes: (program: string) => void;
  /** Ends it and waits; killed unless told otherwise. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** What starts it, before the path of its redis.conf. */
export type Launched = (folder: string) => {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** A Redis in a temporary folder, or another program of its kind; `config` is the text of its redis.conf. */
export async function redisIn(
  config: (folder: string) => string,
  first: 'redis-server' | 'valkey-server' | Launched = 'redis-server',
): Promise<Redis> {
  let program: string | Launched = first;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  mkdirSync(join(folder, 'data'));
  const conf = join(folder, 'redis.conf');
  let server: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((done) => server?.once('exit', done));
    server.kill(signal);
    await gone;
  };
  return {
    port,
    folder,
    stop,
    start: async (...more) => {
      writeFileSync(conf, `bind 127.0.0.1\nport ${port}\ndir ${folder}/data\n${config(folder)}\n`);
      const { command, env } =
        typeof program === 'string' ? { command: [program], env: {} } : program(folder);
      server = spawn(command[0] ?? '', [...command.slice(1), conf, ...more], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      await listening(server, port);
    },
    signal: (signal) => void server?.kill(signal),
    becomes: (other) => void (program = other),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until this server listens, and no other on its port; fails with its own words when it ends instead. */
async function listening(server: ChildProcess, port: number): Promise<void> {
  let [said, listens] = ['', false];
  const hear = (data: Buffer): void => {
    said = `${said}${data.toString()}`.slice(-KEPT);
    listens ||= said.includes('Server initialized');
  };
  [server.stdout, server.stderr].forEach((stream) => stream?.on('data', hear));
  await eventually(`redis-server listens on ${port}`, () => {
    if (server.exitCode !== null)
      throw new Error(`redis-server on port ${port} has ended: ${reasonIn(said)}`);
    return listens;
  });
}

/** Characters of its log. */
const KEPT = 10_000;

/** From the first complaint on, without times; all of it where there is none. */
const reasonIn = (log: string): string =>
  /# Warning: (.*)/.exec(log)?.[1] ?? log.trim().split('\n').slice(-3).join('; ');
