/** One run of the live tests: its folder, the Pythons it needs, and the end of all that it started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { LISTED, programsOf } from '../python';
import { ensureNeeds } from './needs';

const REGISTER = join(__dirname, '../../../scripts/register.cjs');

/** What `.ci/run` builds: restic as backups have it, which stands before the one of this machine. */
const BUILT = resolve(__dirname, '../../../build/go');

let sweeper: ChildProcess | undefined;

/** Before the first test: what fails here is one line instead of one for each suite. */
export async function begin(): Promise<void> {
  try {
    ensureNeeds();
    process.env['PATH'] = [BUILT, process.env['PATH']].join(delimiter);
    process.env['STALK_LIVE_CACHE'] ??= tmpdir();
    for (const celery of LISTED) await programsOf(celery);
  } catch (error) {
    const { message } = error as Error;
    throw Object.assign(new Error(message), { stack: message }); // where it was thrown helps nobody
  }
  const folder = mkdtempSync(join(tmpdir(), 'stalk-run-'));
  guard(folder);
  process.env['TMPDIR'] = folder; // every temporary folder lies in it, and every process can be found by it
}

/** From now on, what belongs to the folder ends when this process does. */
export function guard(folder: string): void {
  sweeper = spawn(process.execPath, ['--require', REGISTER, join(__dirname, 'sweeper.ts'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  sweeper.unref();
}

/** After the last one. */
export async function end(): Promise<void> {
  if (sweeper === undefined) return;
  const ended = new Promise((done) => sweeper?.once('exit', done));
  sweeper.ref(); // Node would leave with code 0, whatever failed, as nothing else is waited for
  sweeper.stdin?.end();
  await ended;
}
