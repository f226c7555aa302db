// CPU seconds of `npm test`, here and at an older commit, in one run: `npm run bench:tests [commit]`.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The last commit with a registry of modules for each test file; docs/decisions/0017 has its figures. */
const [commit = '68e64fc'] = process.argv.slice(2);

const root = resolve(__dirname, '..');
const git = (...argv: readonly string[]): string =>
  execFileSync('git', argv, { cwd: root, encoding: 'utf8' });

/** User and system time of all processes, and whether all tests passed. */
function run(name: string, cwd: string): number {
  const script = 'TIMEFORMAT="%U %S"; time npm test --silent 2>/dev/null >&2';
  const { status, stderr } = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  const seconds = stderr.trim().split(' ').map(Number);
  const sum = seconds.reduce((a, b) => a + b, 0);
  console.log(`${name.padEnd(12)} ${sum.toFixed(1)} CPU seconds${status === 0 ? '' : ', with failures'}`);
  return sum;
}

const folder = join(mkdtempSync(join(tmpdir(), 'stalk-bench-')), 'then');
git('worktree', 'add', '--detach', folder, commit);
try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const then = run(commit, folder);
  const now = run('now', root);
  console.log(`now / then   ${(now / then).toFixed(2)}  (aim: at most 0.25)`);
} finally {
  git('worktree', 'remove', '--force', folder);
}
