/** A copy of the project that defects are put into, and jest's answers about it. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Defect } from './defect';

/** All that tests of rendering read. */
const NEEDED = ['lib', 'test', 'scripts', 'docs', 'stacks', 'tenants', 'package.json', 'tsconfig.json'];

/** These compare with recorded output: they find everything and explain nothing. */
const RECORDED = /reference(-tree)?\.test|release\.test|test\/docs\/|test\/(live|e2e|api|pulumi|package)\//;

export interface Copy {
  readonly folder: string;
  readonly remove: () => void;
}

export function copyOf(project: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'stalk-defects-'));
  for (const name of [...NEEDED, ...readdirSync(project).filter((file) => file.startsWith('jest.'))])
    cpSync(join(project, name), join(folder, name), { recursive: true });
  symlinkSync(resolve(project, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Why a defect cannot be put in, where it cannot. */
export function unfit(project: string, { file, text }: Defect): string | undefined {
  const path = join(project, file);
  if (!existsSync(path)) return `${file} is gone`;
  const found = readFileSync(path, 'utf8').split(text).length - 1;
  return found === 1 ? undefined : `its text stands ${found} times in ${file}`;
}

/** Calls `ask` while the defect is in. */
export function withDefect<T>({ folder }: Copy, { file, text, becomes }: Defect, ask: () => T): T {
  const path = join(folder, file);
  const good = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    good.replace(text, () => becomes),
  );
  try {
    return ask();
  } finally {
    writeFileSync(path, good);
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Full names of the tests that fail, of all or of those that `named` fits; a file that does not load is named as such. */
export function failing({ folder }: Copy, tests: readonly string[], named?: RegExp): string[] {
  const files = tests.flatMap((test) => testFiles(folder, join('test', test)));
  const output = join(folder, 'report.json');
  rmSync(output, { force: true });
  const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  const some = named === undefined ? [] : [`--testNamePattern=${named.source}`];
  const report = ['--ci', '--json', `--outputFile=${output}`, '--silent', '--maxWorkers=1'];
  const options = [...report, ...some, '--runTestsByPath', ...new Set(files)];
  const { stderr } = spawnSync(process.execPath, [jest, ...options], { cwd: folder, encoding: 'utf8' });
  if (!existsSync(output)) throw new Error(`jest has no report:\n${stderr}`);
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as Report;
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed').map((one) => one.fullName);
    return status === 'failed' && failed.length === 0
      ? [`(${name.slice(folder.length + 1)} does not load)`]
      : failed;
  });
}

function testFiles(folder: string, path: string): string[] {
  if (!statSync(join(folder, path)).isDirectory()) return [path];
  return readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
    .map((file) => join(path, file))
    .filter((file) => file.endsWith('.test.ts') && !RECORDED.test(file))
    .sort();
}
