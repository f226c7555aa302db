// A folder as a Git revision holds it, read without a checkout.

import { spawnSync } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { show } from '../spec/rules';
import { CannotRun } from './io';

/** Bytes of one answer of git: a tree of a thousand tenants has 200 MB. */
const MOST_BYTES = 2 ** 30;

/** Text of each YAML file below the folder; none where the revision has no such folder. */
export function filesAt(revision: string, folder: string): ReadonlyMap<string, string> {
  const [cwd, name] = [dirname(folder), basename(folder)];
  const tree = git(cwd, ['rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`]);
  if (tree.status !== 0)
    throw new CannotRun([
      `--against must be a revision of the Git repository around ${cwd}, got ${show(revision)}: ${tree.error}; fetch it, or name another`,
    ]);
  const oid = tree.out.toString().trim();
  const listed = succeeded(git(cwd, ['ls-tree', '-r', '-z', oid, '--', name]), revision);
  const blobs = listed
    .toString()
    .split('\0')
    .flatMap((line) => {
      const [, id, path] = /^\d+ blob ([0-9a-f]+)\t(.*\.ya?ml)$/s.exec(line) ?? [];
      return id === undefined || path === undefined ? [] : [{ id, path: path.slice(name.length + 1) }];
    });
  if (blobs.length === 0) return new Map();
  const input = blobs.map(({ id }) => `${id}\n`).join('');
  const texts = contents(succeeded(git(cwd, ['cat-file', '--batch'], input), revision));
  return new Map(blobs.map(({ path }, i) => [path, String(texts[i])]));
}

interface Answer {
  readonly status: number | null;
  readonly out: Buffer;
  readonly error: string;
}

function git(cwd: string, argv: readonly string[], input = ''): Answer {
  const { status, stdout, stderr, error } = spawnSync('git', argv, { cwd, input, maxBuffer: MOST_BYTES });
  if (error)
    throw new CannotRun([`--against needs git, got ${error.message}; install it, or put it on PATH`]);
  return { status, out: stdout, error: stderr.toString().trim().split('\n').join(' ') };
}

function succeeded({ status, out, error }: Answer, revision: string): Buffer {
  if (status === 0) return out;
  throw new CannotRun([`--against ${revision} must be readable, got ${error}; see git fsck`]);
}

/** `<id> blob <size>`, a line break, the bytes, a line break; again and again. */
function contents(batch: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < batch.length;) {
    const start = batch.indexOf('\n', at) + 1;
    const size = Number(batch.subarray(at, start).toString().trim().split(' ')[2]);
    found.push(batch.subarray(start, start + size).toString());
    at = start + size + 1;
  }
  return found;
}
