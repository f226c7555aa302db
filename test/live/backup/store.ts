/** A store of backups on this machine, with real restic, and the scripts that bring snapshots from it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { applets, finished, isOnPath, which } from '../redis-server';

const SCRIPTS = resolve(__dirname, '../../../lib/redis/runtime');

/** Programs that are not here. */
export const lackingForBackups = ['restic', 'redis-server', 'redis-cli', 'busybox'].filter(
  (program) => !isOnPath(program),
);

export interface Store {
  readonly path: (...parts: readonly string[]) => string;
  /** Puts a dump into the store. @returns its snapshot */
  readonly keep: (dump: string, keys?: number) => string;
  /** Runs a script as a container of that image does. */
  readonly run: (image: Image, script: string, args: readonly string[], env?: Env) => Promise<Ended>;
  readonly begin: (image: Image, script: string, args: readonly string[], env?: Env) => ChildProcess;
  /** Takes away half of what a snapshot's dump is made of. @returns what brings it back */
  readonly spoil: () => () => void;
  readonly remove: () => void;
}

export type Env = Readonly<Record<string, string>>;
export type Ended = Awaited<ReturnType<typeof finished>>;

/** restic's has busybox alone; Redis' is Debian's or Alpine's. */
export type Image = 'restic' | 'redis';

export function storeIn(): Store {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  ['scripts', 'dump', 'bin', 'scratch'].forEach((name) => mkdirSync(path(name)));
  cpSync(SCRIPTS, path('scripts'), { recursive: true });
  mkdirSync(path('store'));
  writeFileSync(path('store/encryption-key'), 'not-a-secret');
  for (const name of applets()) symlinkSync('/usr/bin/busybox', path('bin', name));
  symlinkSync(String(which('restic')), path('bin/restic'));
  const repository = {
    RESTIC_REPOSITORY: path('repository'),
    RESTIC_PASSWORD_FILE: path('store/encryption-key'),
    ...{ STORE: path('store'), SCRATCH: path('scratch'), MESSAGE: path('message') },
  };
  const restic = (...args: readonly string[]): string => {
    const env = { PATH: process.env['PATH'], ...repository };
    const { status, stdout, stderr } = spawnSync('restic', ['--no-cache', ...args], {
      env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  restic('init');
  const begin: Store['begin'] = (image, script, args, env = {}) =>
    spawn('/usr/bin/busybox', ['ash', path('scripts', script), ...args], {
      env: {
        PATH: image === 'restic' ? path('bin') : `${path('bin')}:${String(process.env['PATH'])}`,
        ...repository,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  return {
    path,
    begin,
    run: async (image, script, args, env) => {
      const child = begin(image, script, args, env);
      return finished(child);
    },
    keep: (dump, keys) => {
      cpSync(dump, path('dump/dump.rdb'));
      const tag = keys === undefined ? [] : ['--tag', `keys=${keys}`];
      const lines = restic('backup', '--json', ...tag, path('dump'))
        .trim()
        .split('\n');
      return (JSON.parse(String(lines.at(-1))) as { readonly snapshot_id: string }).snapshot_id.slice(0, 8);
    },
    spoil: () => {
      const packs = readdirSync(path('repository/data'), { recursive: true, encoding: 'utf8' })
        .map((name) => path('repository/data', name))
        .filter((name) => /[0-9a-f]{64}$/.test(name))
        .map((name) => ({ name, size: readFileSync(name).length }))
        .sort((a, b) => b.size - a.size);
      const largest = String(packs[0]?.name);
      const whole = readFileSync(largest);
      chmodSync(largest, 0o600);
      writeFileSync(largest, whole.subarray(0, whole.length / 2));
      return () => writeFileSync(largest, whole);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
