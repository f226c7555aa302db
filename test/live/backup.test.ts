/** Backups against a real Redis with the rendered users, real restic, and a server that speaks S3. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment, Tenant } from '../../lib/spec';
import { broker, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';
import { BUCKET, type Bucket, bucket, lackingBucket } from './backup/bucket';
import { type Pod, podIn } from './redis-pod';
import { eventually, finished, isOnPath, missing, redisIn, shells } from './redis-server';

const lacking = [missing, ...['restic', 'redis-check-rdb', 'busybox'].filter((one) => !isOnPath(one))]
  .filter((one) => one !== '')
  .join(', ');
const run = shells.find(({ name }) => name === 'busybox ash')?.run;

const SCRIPTS = resolve(__dirname, '../../lib/redis/runtime');
const PASSWORD = 'not-a-secret_of_the_dump_0123456789';
const KEY = 'not-a-secret_of_the_store_0123456789';
const keep = { last: 2, daily: 0, weekly: 0 };

const environmentWith = (to: Json): Environment => ({
  name: 'live',
  disposable: true,
  storageClass: 'standard',
  secrets: { strategy: 'literal' },
  brokers: { main: { topology: 'standalone', backup: { to, keep } } },
});
const acme: Tenant = tenantOf({ name: 'acme', broker: { shared: 'main' } });

const jobOf = ({ byKind }: Synth): Json =>
  byKind('CronJob', 'redis-backup').spec.jobTemplate.spec.template.spec;

interface Site {
  readonly pod: Pod;
  readonly folder: (...parts: readonly string[]) => string;
  /** One run of the rendered Job, as a pod does it. @returns what its last container said at its end */
  readonly backUp: (more?: Readonly<Record<string, string>>) => Promise<Json>;
  readonly dump: (more?: Readonly<Record<string, string>>) => Promise<Json>;
  readonly store: (more?: Readonly<Record<string, string>>) => Promise<Json>;
  /** One container beside a scratch volume of so many bytes, with what is there now where that fits. */
  readonly cramped: (container: 'dump' | 'store', size: number) => Promise<Json>;
  readonly snapshots: () => readonly Json[];
  /** A file of the newest snapshot, as it was dumped. */
  readonly newestDump: () => Buffer;
}

async function siteOf(to: Json, repository: (folder: string) => string): Promise<Site> {
  const objects = broker('main', environmentWith(to), [acme]);
  const pod = await podIn(run as NonNullable<typeof run>);
  const { data } = objects.byKind('ConfigMap', 'redis-rules');
  pod.mount({ 'rules/roles': data.roles, 'rules/users': data.users });
  pod.mount({ 'passwords/backup': PASSWORD, 'passwords/acme': 'not-a-secret_of_acme_0123456789012' });
  await pod.start();
  const folder = pod.path;
  for (const name of ['scratch', 'store', 'claim']) mkdirSync(folder(name));
  writeFileSync(folder('store/encryption-key'), `${KEY}\n`);
  writeFileSync(folder('store/access-key-id'), 'NOTASECRETID');
  writeFileSync(folder('store/secret-access-key'), 'not-a-secret/key');
  const places: Readonly<Record<string, string>> = {
    REDIS_NODES: `127.0.0.1:${pod.redis.port}`,
    REDIS_PASSWORD_FILE: folder('passwords/backup'),
    SCRATCH: folder('scratch'),
    STORE: folder('store'),
    RESTIC_REPOSITORY: repository(folder()),
    MESSAGE: folder('message'),
    RETRY: '1',
  };
  const container = async (
    part: Json,
    more: Readonly<Record<string, string>> = {},
    within: readonly string[] = [],
  ): Promise<Json> => {
    const rendered = Object.fromEntries(part.env.map(({ name, value }: Json) => [name, value]));
    rmSync(folder('message'), { force: true });
    const script = String(part.command[1]).split('/').pop();
    const [program = '', ...args] = [...within, 'busybox', 'ash', join(SCRIPTS, String(script))];
    const ended = await finished(
      spawn(program, args, {
        env: { PATH: process.env['PATH'], ...rendered, ...places, ...more },
      }),
    );
    log += ended.output;
    const said = existsSync(folder('message')) ? JSON.parse(readFileSync(folder('message'), 'utf8')) : {};
    return { code: ended.code, ...said };
  };
  const restic = (...args: readonly string[]): Buffer =>
    spawnSync('restic', ['--no-cache', ...args], {
      env: {
        PATH: process.env['PATH'],
        RESTIC_REPOSITORY: places['RESTIC_REPOSITORY'],
        RESTIC_PASSWORD: KEY,
        AWS_ACCESS_KEY_ID: 'NOTASECRETID',
        AWS_SECRET_ACCESS_KEY: 'not-a-secret/key',
      },
    }).stdout;
  const { initContainers, containers } = jobOf(objects);
  const dump = (more = {}): Promise<Json> => container(initContainers[0], more);
  const store = (more = {}): Promise<Json> => container(containers[0], more);
  return {
    pod,
    folder,
    dump,
    store,
    cramped: (name, size) => {
      const inside = `cp -a "$0" "$0.kept"; mount -t tmpfs -o size=${size} none "$0"; cp -a "$0.kept/." "$0"; exec "$@"`;
      const within = ['unshare', '--mount', '--map-root-user', 'sh', '-c', inside, folder('scratch')];
      rmSync(folder('scratch.kept'), { recursive: true, force: true });
      return container(name === 'dump' ? initContainers[0] : containers[0], {}, within);
    },
    backUp: async (more) => {
      const first = await dump(more);
      return first.code === 0 ? store(more) : first;
    },
    snapshots: () => JSON.parse(restic('snapshots', '--json').toString() || '[]'),
    newestDump: () => restic('dump', 'latest', folder('scratch/dump.rdb')),
  };
}

/** Each key with its value and the second at which it expires. */
function keysIn(port: number, admin?: string): readonly string[] {
  const ask = (...args: readonly string[]): string =>
    spawnSync(
      'redis-cli',
      ['-p', String(port), ...(admin === undefined ? [] : ['--user', 'admin']), ...args],
      {
        env: { PATH: process.env['PATH'], ...(admin !== undefined && { REDISCLI_AUTH: admin }) },
        encoding: 'utf8',
      },
    ).stdout.trim();
  const keys = ask('--scan').split('\n').sort();
  return keys.map((key) => `${key} ${ask('--no-raw', 'dump', key)} ${ask('expiretime', key)}`);
}

let log = '';

/** Everything under a folder, names and contents. */
const textOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path.slice(folder.length)}\n${entry.isFile() ? readFileSync(path, 'latin1') : ''}`;
    })
    .join('\n');

const described = lacking === '' ? describe : describe.skip;
if (lacking !== '') console.warn(`SKIPPED, not proven: backups: ${lacking} is not here`);

described('a broker whose backups lie on a claim', () => {
  let site: Site;
  beforeAll(async () => {
    site = await siteOf({ kind: 'claim', storage: '1Gi' }, (folder) => join(folder, 'claim'));
    const admin = await site.pod.admin();
    await admin.send('SET', 'tenant:acme:celery', 'a body of acme');
    await admin.send('RPUSH', 'tenant:acme:queue', ...Array.from({ length: 500 }, (_, i) => `task ${i}`));
    await admin.send('HSET', 'tenant:acme:unacked', 'a tag', 'a task in hand');
    await admin.send('ZADD', 'tenant:acme:unacked_index', '1764446400.5', 'a tag');
    await admin.send('SET', 'tenant:acme:celery-task-meta-1', 'a result', 'EX', '86400');
  }, 60_000);
  afterAll(() => site.pod.remove());

  let newest = '';

  test('is dumped, checked and stored, and says so in one line', async () => {
    const said = await site.backUp();

    expect(said).toMatchObject({ code: 0, ok: true, keys: 5 });
    expect(said.bytes).toBeGreaterThan(500);
    expect(site.snapshots().map(({ short_id }) => short_id)).toEqual([said.snapshot]);
    newest = said.snapshot;
  }, 60_000);

  test('holds every key as Redis has it, with what workers have in hand', async () => {
    const rdb = site.newestDump();

    const there = await redisIn((folder) => {
      writeFileSync(join(folder, 'data/dump.rdb'), rdb);
      return '';
    });
    try {
      await there.start();
      const admin = readFileSync(site.folder('run/admin'), 'utf8');
      await eventually('it has loaded', () => keysIn(there.port).length > 1);

      expect(keysIn(there.port)).toEqual(keysIn(site.pod.redis.port, admin));
    } finally {
      await there.remove();
    }
  }, 60_000);

  const newestIs = (wanted: string): void =>
    expect(site.snapshots().map(({ short_id }) => short_id)).toEqual([wanted]);

  test('keeps the newest good backup when the dump is refused', async () => {
    writeFileSync(site.folder('wrong'), 'no-password-of-anybody');

    const said = await site.backUp({ REDIS_PASSWORD_FILE: site.folder('wrong') });

    expect(said).toMatchObject({ code: 1, ok: false, why: expect.stringMatching(/^dump: .*WRONGPASS/) });
    newestIs(newest);
  }, 60_000);

  test.each([
    ['cut off', (dump: Buffer) => dump.subarray(0, dump.length / 2)],
    ['with other bytes', (dump: Buffer) => Buffer.from(dump).fill(7, 300, 302)],
  ])(
    'keeps the newest good backup when the dump is %s on its way',
    async (_, spoil) => {
      await site.dump();
      const dump = site.folder('scratch/dump.rdb');
      writeFileSync(dump, spoil(readFileSync(dump)));

      const said = await site.store();

      expect(said).toMatchObject({ code: 1, ok: false, why: expect.stringMatching(/dump has changed/) });
      newestIs(newest);
    },
    60_000,
  );

  test('keeps the newest good backup when Redis sends what is no dump', async () => {
    const bin = site.folder('bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'redis-cli'),
      `#!/bin/sh\n/usr/bin/redis-cli "$@" || exit 1\nfor last; do :; done\ncase "$*" in *--rdb*) truncate -s -20 "$last" ;; esac\n`,
      { mode: 0o755 },
    );

    const said = await site.backUp({ PATH: `${bin}:${process.env['PATH']}` });

    expect(said).toMatchObject({ code: 1, ok: false, why: expect.stringMatching(/is broken/) });
    expect(existsSync(site.folder('scratch/dump.rdb'))).toBe(false);
    newestIs(newest);
  }, 60_000);

  test('keeps the newest good backup when the key is another', async () => {
    writeFileSync(site.folder('store/encryption-key'), 'another-key');

    const said = await site.backUp();
    writeFileSync(site.folder('store/encryption-key'), KEY);

    expect(said).toMatchObject({ code: 1, ok: false, why: expect.stringMatching(/does not open/) });
    newestIs(newest);
  }, 60_000);

  /** Bytes: of a dump of random bodies, which nothing can compress. */
  const LARGE = 8_000_000;
  const MAY_MOUNT =
    spawnSync('unshare', ['--mount', '--map-root-user', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
  if (!MAY_MOUNT) console.warn('SKIPPED, not proven: a full scratch volume: no tmpfs can be mounted here');

  (MAY_MOUNT ? test : test.skip)(
    'keeps the newest good backup when the scratch volume is full, for the dump or for restic',
    async () => {
      const admin = await site.pod.admin();
      for (let i = 0; i < 8; i += 1)
        await admin.send('SET', `tenant:acme:large${i}`, randomBytes(LARGE / 16).toString('hex'));
      ['dump.rdb', 'facts'].forEach((name) => rmSync(site.folder('scratch', name), { force: true }));

      const dumped = await site.cramped('dump', 1_000_000);
      const partial = existsSync(site.folder('scratch/dump.rdb'));
      await site.dump();
      const { size } = statSync(site.folder('scratch/dump.rdb'));
      const stored = await site.cramped('store', size + 1_000_000);
      for (let i = 0; i < 8; i += 1) await admin.send('DEL', `tenant:acme:large${i}`);

      expect(dumped).toMatchObject({
        code: 1,
        ok: false,
        why: expect.stringMatching(/cannot be dumped: Error writing data to file/),
      });
      expect(partial).toBe(false);
      expect(stored).toMatchObject({
        code: 1,
        ok: false,
        why: expect.stringMatching(/upload has failed: .*no space left/),
      });
      newestIs(newest);
    },
    120_000,
  );

  test('lets old ones go as keep says', async () => {
    const second = await site.backUp();
    const third = await site.backUp();

    expect(site.snapshots().map(({ short_id }) => short_id)).toEqual([second.snapshot, third.snapshot]);
  }, 90_000);

  test('shows nothing of a tenant, and no password, to who has the claim or the logs', () => {
    const shown = textOf(site.folder('claim')) + log;

    expect(shown.length).toBeGreaterThan(1000);
    for (const secret of ['acme', 'a body of', 'task 1', PASSWORD, KEY]) expect(shown).not.toContain(secret);
  });

  test('has a user for it that may do nothing but dump, of all commands that Redis has', async () => {
    const dumper = await site.pod.as('backup', PASSWORD);
    const admin = await site.pod.admin();
    const names = (await admin.send('COMMAND', 'LIST')) as readonly string[];
    const infos = (await admin.send('COMMAND', 'INFO', ...names)) as readonly CommandInfo[];
    const all = infos.flatMap(alone);

    const allowed = [];
    for (const { words, arity } of all) {
      if (LOGIN.has(words.join(' ')) || SYNC.has(words.join(' '))) continue;
      const lacking = Array<string>(Math.max(0, Math.abs(arity) - words.length)).fill('1');
      const reply = String(await dumper.send(...words, ...lacking));
      if (!REFUSED.test(reply)) allowed.push(`${words.join(' ')}: ${reply}`);
    }

    expect(all.length).toBeGreaterThan(300);
    expect(allowed).toEqual([]);
    expect(await admin.send('GET', 'tenant:acme:celery')).toBe('a body of acme');
  });
});

/** Name, arity, and at the end what it is the container of. */
type CommandInfo = readonly [string, number, ...(readonly unknown[])];

interface Command {
  readonly words: readonly string[];
  readonly arity: number;
}

const alone = ([name, arity, ...rest]: CommandInfo): readonly Command[] => {
  const parts = (rest.at(-1) ?? []) as readonly CommandInfo[];
  return parts.length === 0 ? [{ words: name.split('|'), arity }] : parts.flatMap(alone);
};

/** What anybody may do before a login. */
const LOGIN = new Set(['auth', 'hello', 'quit', 'reset']);

/** By its rules, or as nobody may load a module into this Redis. */
const REFUSED = /^-(NOPERM|EXECABORT .*NOPERM|ERR MODULE command not allowed)/;

/** What a dump takes. */
const SYNC = new Set(['sync', 'replconf', 'ping', 'info']);

const withServer = lacking === '' && lackingBucket === '' ? describe : describe.skip;
if (lackingBucket !== '') console.warn(`SKIPPED, not proven: backups in a bucket: ${lackingBucket}`);

withServer('a broker whose backups lie in a bucket', () => {
  let site: Site;
  let server: Bucket;
  const to = (): Json => ({
    ...{ kind: 's3', endpoint: server.endpoint, bucket: BUCKET, egress: { cidr: '127.0.0.1/32' } },
  });
  beforeAll(async () => {
    server = await bucket();
    site = await siteOf(to(), () => `s3:${server.endpoint}/${BUCKET}/live/brokers/main`);
  }, 60_000);
  afterAll(async () => {
    server.remove();
    await site.pod.remove();
  });

  test('is stored there, in the folder that is rendered', async () => {
    const said = await site.backUp();

    const rendered = jobOf(broker('main', environmentWith(to()), [acme])).containers[0].env.find(
      ({ name }: Json) => name === 'RESTIC_REPOSITORY',
    ).value;
    expect(said).toMatchObject({ code: 0, ok: true });
    expect(rendered).toBe(`s3:${server.endpoint}/${BUCKET}/live/brokers/main`);
    expect(site.snapshots()).toHaveLength(1);
  }, 60_000);
});
