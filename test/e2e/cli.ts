// `stalk` as a person runs it, and what its report says.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Report } from '../../lib/report';
import type { Ended } from '../api/kubectl';

export const ROOT = join(__dirname, '..', '..');

/** Where `verify` leaves its reports: two at once would write over each other. */
export const VERIFY = join(ROOT, 'build', 'verify', 'e2e');
const LOADTEST = join(ROOT, 'build', 'loadtest');

export interface Ran {
  /** 0 or 1: all that was checked holds, or not. */
  readonly code: number;
  readonly checks: readonly Check[];
}

export const verified = (names: readonly string[], ...flags: readonly string[]): Promise<Ran> =>
  ran(['verify', ...names, ...flags], join(VERIFY, 'report.json'));

export const loadTested = (tenant: string, ...flags: readonly string[]): Promise<Ran> =>
  ran(['loadtest', tenant, ...flags], join(LOADTEST, `loadtest-${tenant}.json`));

async function ran(args: readonly string[], file: string): Promise<Ran> {
  const { code, errors } = await stalk(join('test', 'e2e', 'render.ts'), ...args);
  if (code > 1) throw new Error(`stalk ${args.join(' ')} cannot run: ${errors}`);
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  return { code, checks: report.sections.flatMap(({ checks }) => checks) };
}

/** The command, on a list of environments named `e2e`. */
export const stalk = (list: string, ...args: readonly string[]): Promise<Ended & { readonly code: number }> =>
  new Promise((resolve) => {
    const command = ['scripts/stalk.cjs', ...args, '--env', 'e2e', '--from', list];
    execFile(
      process.execPath,
      command,
      { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
      (error, output, errors) => {
        resolve({ code: error ? Number(error.code ?? 2) : 0, output, errors });
      },
    );
  });
