// `stalk verify` as a person runs it, and what it found.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Report } from '../../lib/report';

export const ROOT = join(__dirname, '..', '..');

export interface Verified {
  readonly code: number;
  /** Where its reports are. */
  readonly folder: string;
  readonly checks: readonly Check[];
}

/** Also when checks fail; throws when it could not run. */
export async function verified(names: readonly string[], ...flags: readonly string[]): Promise<Verified> {
  const folder = join(ROOT, 'build', 'verify', 'e2e');
  const list = join('test', 'e2e', 'render.ts');
  const args = ['scripts/stalk.cjs', 'verify', ...names, '--env', 'e2e', '--from', list, ...flags];
  const { code, said } = await run(args);
  if (code > 1) throw new Error(`stalk verify cannot run: ${said}`);
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
  return { code, folder, checks: report.sections.flatMap(({ checks }) => checks) };
}

const run = (args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 }, (error, _, said) => {
      resolve({ code: error ? Number(error.code ?? 2) : 0, said });
    });
  });
