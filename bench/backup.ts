// What a backup and a restore take, with 100 MB and 1 GB in Redis: `npm run bench:backup`. Runs the scripts of the pods with
// real redis-server and restic into a folder, while a client writes, and counts what comes back.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SCRIPTS = join(__dirname, '../lib/redis/runtime');
const PORT = 7399;
const MEGABYTE = 1 << 20;
const ROUND = 2000;

const lacking = ['redis-server', 'redis-cli', 'redis-check-rdb', 'restic', 'busybox'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);

/** A task as Celery's JSON has it: 1.1 kB, of which a quarter differs from all others. */
function message(n: number): string {
  const id = randomUUID();
  const body = Buffer.from(JSON.stringify([[n, randomBytes(96).toString('hex')], {}, { callbacks: null }]));
  return JSON.stringify({
    body: body.toString('base64'),
    'content-encoding': 'utf-8',
    'content-type': 'application/json',
    headers: {
      lang: 'py',
      task: 'jobs.tasks.report',
      id,
      root_id: id,
      parent_id: null,
      group: null,
      retries: 0,
      timelimit: [null, null],
      argsrepr: `(${n}, ...)`,
      kwargsrepr: '{}',
      origin: 'gen41@web-7f9c5d7c9b-x2x7q',
    },
    properties: {
      correlation_id: id,
      reply_to: randomUUID(),
      delivery_mode: 2,
      delivery_info: { exchange: '', routing_key: 'tenant-acme' },
      priority: 0,
      body_encoding: 'base64',
      delivery_tag: randomUUID(),
    },
  });
}

const command = (...words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** One answer of one line, or the text of a bulk. */
async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

const connected = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(PORT, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });

function redisIn(data: string): ChildProcess {
  mkdirSync(data, { recursive: true });
  const user = ['backup', 'on', '>not-a-secret', '+sync', '+replconf', '+ping', '+info'];
  return spawn(
    'redis-server',
    ['--port', String(PORT), '--dir', data, '--appendonly', 'yes', '--save', '', '--user', ...user],
    { stdio: 'ignore' },
  );
}

/** Seconds until Redis has loaded what lies in the folder. */
async function loaded(): Promise<number> {
  const began = Date.now();
  for (;;) {
    const socket = await connected().catch(() => undefined);
    const answer = socket && (await ask(socket, command('PING')).catch(() => ''));
    socket?.destroy();
    if (answer?.startsWith('+PONG')) return (Date.now() - began) / 1000;
    await pause(20);
  }
}

async function fill(megabytes: number): Promise<number> {
  const socket = await connected();
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await ask(socket, command('INFO', 'memory')))?.[1]);
  let messages = 0;
  while ((await used()) < megabytes * MEGABYTE) {
    const some = Array.from({ length: ROUND }, (_, i) => message(messages + i));
    await ask(socket, command('LPUSH', 'tenant:acme:tenant-acme', ...some));
    messages += ROUND;
  }
  socket.destroy();
  return messages;
}

/** Writes every 2 ms until it is told to end. @returns the longest that an answer took, in milliseconds */
function writer(): () => Promise<number> {
  let longest = 0;
  let goesOn = true;
  const ended = connected().then(async (socket) => {
    while (goesOn) {
      const began = process.hrtime.bigint();
      await ask(socket, command('SET', 'tenant:acme:now', message(0)));
      longest = Math.max(longest, Number(process.hrtime.bigint() - began) / 1e6);
      await pause(2);
    }
    socket.destroy();
    return longest;
  });
  return () => {
    goesOn = false;
    return ended;
  };
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended meanwhile
  }
};

/** The largest resident memory of a process and what it started, in MB. */
function memoryOf(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return Math.max(own, ...children.map((child) => memoryOf(Number(child))));
}

interface Took {
  readonly seconds: number;
  readonly memory: number;
}

/** A script as its container runs it. */
async function took(script: string, args: readonly string[], env: Record<string, string>): Promise<Took> {
  const began = Date.now();
  const child = spawn('busybox', ['ash', join(SCRIPTS, script), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let memory = 0;
  const sampler = setInterval(() => (memory = Math.max(memory, memoryOf(Number(child.pid)))), 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(sampler);
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}`);
  return { seconds: (Date.now() - began) / 1000, memory };
}

const row = (name: string, { seconds, memory }: Took, more = ''): void =>
  console.log(
    `${name.padEnd(24)} ${seconds.toFixed(1).padStart(6)} s  ${memory.toFixed(0).padStart(5)} MB  ${more}`,
  );

async function measured(megabytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-backup-'));
  const at = (name: string): string => join(folder, name);
  for (const name of ['scratch', 'store', 'restore', 'again']) mkdirSync(at(name));
  writeFileSync(at('store/encryption-key'), 'not-a-secret-of-the-store\n');
  writeFileSync(at('password'), 'not-a-secret\n');
  const places = {
    REDIS_NODES: `127.0.0.1:${PORT}`,
    REDIS_PASSWORD_FILE: at('password'),
    SCRATCH: at('scratch'),
    STORE: at('store'),
    RESTIC_REPOSITORY: at('repository'),
    MESSAGE: at('message'),
    KEEP: '--keep-last 2',
  };
  let redis = redisIn(at('data'));
  try {
    await loaded();
    const messages = await fill(megabytes);
    console.log(`\n${megabytes} MB in Redis: ${messages} messages`);
    const ends = writer();
    const dump = await took('dump.sh', [], places);
    row('dump and check', dump, `longest answer meanwhile: ${(await ends()).toFixed(0)} ms`);
    const { bytes } = Object.fromEntries(
      readFileSync(at('scratch/facts'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ')),
    ) as { readonly bytes: string };
    row(
      'upload, encrypted',
      await took('store.sh', [], places),
      `dump: ${(Number(bytes) / MEGABYTE).toFixed(0)} MB`,
    );
    redis.kill('SIGKILL');
    const { snapshot } = JSON.parse(readFileSync(at('message'), 'utf8')) as { readonly snapshot: string };
    writeFileSync(at('restore/snapshot'), snapshot);
    writeFileSync(at('restore/pod'), 'redis-0');
    const into = { ...places, REDIS_DATA: at('again'), RESTORE: at('restore'), POD: 'redis-0' };
    row('download into the volume', await took('restore.sh', ['pod'], into));
    redis = redisIn(at('again'));
    const seconds = await loaded();
    const socket = await connected();
    const back = await ask(socket, command('LLEN', 'tenant:acme:tenant-acme'));
    socket.destroy();
    row(
      'load',
      { seconds, memory: memoryOf(Number(redis.pid)) },
      `${messages - Number(back.slice(1))} messages lost`,
    );
  } finally {
    redis.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  if (lacking.length > 0) return console.log(`NOT measured: ${lacking.join(', ')} not on PATH`);
  for (const megabytes of [100, 1000]) await measured(megabytes);
}

void main();
