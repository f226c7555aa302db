/** An image's programs that note what they are started with: folders that are all of a PATH. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applets, which } from '../redis-server';

/** What the scripts of backups call in the image of Redis: a program that is none of these fails them. */
const OF_REDIS = [
  ...[
    'awk',
    'cat',
    'cut',
    'date',
    'grep',
    'head',
    'mv',
    'rm',
    'sed',
    'sh',
    'sha256sum',
    'sleep',
    'sort',
    'sync',
  ],
  ...['tail', 'tee', 'timeout', 'tr', 'wc'],
  ...['redis-check-rdb', 'redis-cli', 'redis-server'],
];

export interface Recorded {
  /** A PATH for each image. */
  readonly restic: string;
  readonly redis: string;
  /** Each program that was started, with its arguments. */
  readonly started: () => string;
}

export function recordedIn(folder: string): Recorded {
  const log = join(folder, 'started');
  const image = (name: string, programs: Readonly<Record<string, string>>): string => {
    const path = join(folder, name);
    mkdirSync(path, { recursive: true });
    for (const [program, real] of Object.entries(programs))
      writeFileSync(
        join(path, program),
        `#!/bin/sh\nprintf '%s ' "\${0##*/}" "$@" >>${log}\necho >>${log}\nexec ${real} "$@"\n`,
        { mode: 0o755 },
      );
    return path;
  };
  const busybox = String(which('busybox'));
  return {
    restic: image('image-of-restic', {
      ...Object.fromEntries(applets().map((name) => [name, `${busybox} ${name}`])),
      restic: String(which('restic')),
    }),
    redis: image('image-of-redis', Object.fromEntries(OF_REDIS.map((name) => [name, String(which(name))]))),
    started: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  };
}
