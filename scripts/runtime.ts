// Released versions of what runs in pods stay as they were: keeps the newest at a release, and tells what has changed since.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST, RUNTIMES } from '../lib/spec/runtimes';

const ROOMS = ['lib/celery/runtime', 'lib/redis/runtime', 'lib/observe/runtime'];

/** Hash of every released version. */
const RECORD = 'scripts/runtimes.json';

interface Versions {
  readonly newest: string;
  readonly all: readonly string[];
}

/** What is wrong with the versions of a repository. */
export function problems(root: string, { newest, all }: Versions): string[] {
  const record = recordOf(root);
  const changed = all
    .filter((version) => record[version] !== undefined)
    .filter((version) => hashOf(root, version) !== record[version])
    .map((version) => `runtime ${version} must stay as it was released, got other files; take them back`);
  const lost = all
    .filter((version) => version !== newest && record[version] === undefined)
    .map(
      (version) =>
        `runtime ${version} must be released before another is the newest; npm run release:runtime`,
    );
  const reused =
    record[newest] === undefined || record[newest] === hashOf(root)
      ? []
      : [
          `runtime ${newest} is released, and what runs in pods has changed since; give NEWEST another version and put ${newest} into OLDER in lib/spec/runtimes.ts, and say in docs/runtime.md what changed`,
        ];
  return [...changed, ...lost, ...reused];
}

/** Keeps the newest, which is not to change any more. */
export function release(root: string, newest: string): void {
  for (const room of ROOMS) {
    const to = join(root, room, newest);
    mkdirSync(to, { recursive: true });
    for (const file of filesIn(join(root, room))) cpSync(join(root, room, file), join(to, file));
  }
  const record = { ...recordOf(root), [newest]: hashOf(root, newest) };
  writeFileSync(join(root, RECORD), `${JSON.stringify(record, null, 2)}\n`);
}

const recordOf = (root: string): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync(join(root, RECORD), 'utf8')) as Readonly<Record<string, string>>;

/** Of a version that was kept, or of the newest as it is now. */
function hashOf(root: string, version = ''): string {
  const sum = createHash('sha256');
  for (const room of ROOMS)
    for (const file of filesIn(join(root, room, version)))
      sum
        .update(`${room}/${file}\0`)
        .update(readFileSync(join(root, room, version, file)))
        .update('\0');
  return sum.digest('hex');
}

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(py|sh|awk|json)$/.test(entry.name))
        .map(({ name }) => name)
        .sort()
    : [];

if (require.main === module) {
  const root = join(__dirname, '..');
  const wrong = problems(root, { newest: NEWEST, all: RUNTIMES });
  if (wrong.length > 0) {
    console.error(wrong.join('\n'));
    process.exitCode = 1;
  } else release(root, NEWEST);
}
