// Which test files `npm test` runs together, and which need a registry of modules of their own.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

/** What needs a server, a cluster, an API or a process of its own lies in these. */
export const ELSEWHERE = [
  'live',
  'e2e',
  'api',
  'newcomer',
  'watched',
  'life',
  'pulumi',
  'package',
  'commands',
] as const;

const elsewhere = (file: string): boolean => ELSEWHERE.some((folder) => file.startsWith(`${folder}/`));

const files: readonly string[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !elsewhere(file))
  .sort();

/** A mocked module would be mocked for all. */
const mocks = (file: string): boolean => /^jest\.mock\(/m.test(readFileSync(join(ROOT, file), 'utf8'));

export const apart: readonly string[] = files.filter(mocks);
export const together: readonly string[] = files.filter((file) => !mocks(file));
