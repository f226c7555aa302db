// The data of one version of Redis under another: what `stalk diff` foretells, and what `stalk verify` says afterwards.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisVersion, reads, redisVersion } from '../../lib/diff/redis-data';
import { clean } from '../../lib/verify/checks/persistence';
import { connect } from './redis-connection';
import { eventually, freePort, missing } from './redis-server';

/** Where `scripts/other-redis.sh build/other-redis` puts its servers. */
const OTHERS = join(__dirname, '../../build/other-redis');

interface Server {
  readonly program: string;
  readonly version: RedisVersion;
}

/** The image that a program would be in. */
function serverOf(program: string): Server[] {
  const said = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, family = '', version = ''] = /^(redis|valkey).* v=(\S+)/i.exec(said) ?? [];
  const known = redisVersion(`${family.toLowerCase()}:${version}`);
  return known ? [{ program, version: known }] : [];
}

const servers = [
  ...(missing === '' ? serverOf('redis-server') : []),
  ...['redis', 'valkey']
    .map((name) => join(OTHERS, name, 'bin/redis-server'))
    .filter(existsSync)
    .flatMap(serverOf),
];
const formats = new Set(servers.map(({ version }) => version.format));
const byFormat = [...servers].sort((a, b) => a.version.format - b.version.format);
const [older, newer] = [byFormat[0], byFormat.at(-1)];

if (formats.size < 2)
  console.warn(
    'another version of Redis is NOT proven here: run scripts/other-redis.sh build/other-redis first',
  );

(formats.size < 2 ? describe.skip : describe)('data of another version of Redis', () => {
  const TASKS = 40;
  let data: string;
  const running: ChildProcess[] = [];

  /** Its port, once it has read all; fails with its log when it ends instead. */
  const under = async ({ program }: Server): Promise<number> => {
    const port = await freePort();
    const options = { port, bind: '127.0.0.1', dir: data, appendonly: 'yes', save: '3600 1' };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const server = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    running.push(server);
    let log = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    let isOver = false;
    server.once('close', () => (isOver = true));
    await eventually('it is ready', () => isOver || log.includes('Ready to accept connections'), 40);
    if (isOver) throw new Error(log);
    return port;
  };
  const stop = async (): Promise<void> => {
    const alive = running.splice(0).filter(({ exitCode }) => exitCode === null);
    const gone = alive.map((server) => new Promise((done) => server.once('exit', done)));
    alive.forEach((server) => server.kill('SIGTERM'));
    await Promise.all(gone);
  };
  const waiting = async (port: number): Promise<unknown> =>
    (await connect(port)).send('LLEN', 'tenant:acme:celery');
  const written = async (server: Server): Promise<number> => {
    const port = await under(server);
    await (await connect(port)).send('RPUSH', 'tenant:acme:celery', ...Array(TASKS).fill('task'));
    return port;
  };

  beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'versions-'))));

  afterEach(async () => {
    await stop();
    rmSync(data, { recursive: true, force: true });
  });

  const pairs = servers.flatMap((writer) => servers.map((reader) => [writer, reader] as const));

  it.each(
    pairs.map(([writer, reader]) => [writer.version.text, reader.version.text, writer, reader] as const),
  )('is read or refused as the diff says: that of %s under %s', async (_writer, _reader, writer, reader) => {
    await written(writer);
    await stop();

    const read = await under(reader).then(waiting, String);

    expect([read === TASKS, read]).toEqual([reads(reader.version, writer.version), read]);
  });

  it('is refused by an older one, which says why; verify says what to do; the newer one has all of it again', async () => {
    if (!older || !newer) return;
    await written(newer);
    await stop();

    const refusal = await under(older).then(() => '', String);
    const told = clean({ id: 'logs.redis', subject: 'main', expected: 'none' }, refusal);
    const again = await waiting(await under(newer));

    expect(refusal).toMatch(/Can't handle RDB format version \d+/);
    expect(told).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('its data was written by a newer Redis: give it that image again'),
    });
    expect(again).toBe(TASKS);
  });

  it('goes back with the older one, where the newer one has written it as commands', async () => {
    if (!older || !newer) return;
    const admin = await connect(await written(newer));
    const persistence = async (): Promise<string> => String(await admin.send('INFO', 'persistence'));

    await admin.send('CONFIG', 'SET', 'save', '');
    await admin.send('CONFIG', 'SET', 'aof-use-rdb-preamble', 'no');
    await admin.send('BGREWRITEAOF');
    await eventually('it is written', async () => /aof_rewrite_in_progress:0/.test(await persistence()));
    expect(await persistence()).toContain('aof_last_bgrewrite_status:ok');
    await stop();

    expect(await waiting(await under(older))).toBe(TASKS);
  });
});
