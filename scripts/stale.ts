/** Fails when the committed dist/ is not what the spec renders today, and names the files that differ. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Files that one folder has and the other has not, or has with other bytes, in order of path. */
export function differences(committed: string, rendered: string): readonly string[] {
  const all = new Set([...filesBelow(committed), ...filesBelow(rendered)]);
  return [...all].sort().filter((file) => !sameBytes(join(committed, file), join(rendered, file)));
}

/** One line for the author, or nothing when both folders are equal. */
export function complaint(stale: readonly string[]): string | undefined {
  if (stale.length === 0) return undefined;
  const more = stale.length > NAMED ? ` and ${stale.length - NAMED} more` : '';
  return `dist/ is stale: ${stale.slice(0, NAMED).join(', ')}${more}; run npm run synth and commit`;
}

/** A new default changes every tenant: this many names tell what it is about without filling the screen. */
const NAMED = 20;

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function sameBytes(left: string, right: string): boolean {
  return existsSync(left) && existsSync(right) && readFileSync(left).equals(readFileSync(right));
}

/** Renders into a folder of its own, so that the check never touches what is committed. */
function synthInto(folder: string): boolean {
  const { status } = spawnSync('npm', ['run', '--silent', 'synth'], {
    env: { ...process.env, CDK8S_OUTDIR: folder },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0;
}

/** What to tell the author; a synth that fails has told its own reason already. */
function verdict(rendered: string): string | undefined {
  if (!synthInto(rendered)) return 'dist/ cannot be compared: npm run synth fails';
  if (filesBelow(rendered).length === 0) return 'dist/ cannot be compared: npm run synth renders nothing';
  return complaint(differences('dist', rendered));
}

function main(): void {
  const scratch = mkdtempSync(join(tmpdir(), 'stalk-stale-'));
  try {
    const problem = verdict(join(scratch, 'dist'));
    if (problem === undefined) return;
    console.error(problem);
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (require.main === module) main();
