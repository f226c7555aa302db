// A project of a stranger's, as a clone has it: a list, environments, and the commands that a user runs.

import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Environment, Tenant } from '../../lib';

const ROOT = resolve(__dirname, '..', '..');

/** What a user does not edit; the list lies beside it. */
const LINKED = ['lib', 'scripts', 'node_modules'];
const COPIED = ['package.json', 'tsconfig.json', 'cdk8s.yaml', '.gitignore'];

export interface StrangersProject {
  readonly root: string;
  /** Writes a file below the root. */
  readonly write: (file: string, text: string) => void;
  /** Replaces the list. */
  readonly list: (environments: readonly Environment[], tenants: readonly Tenant[]) => void;
  /** Runs a command in it. */
  readonly run: (program: string, ...args: readonly string[]) => Ran;
  /** Runs `stalk`. */
  readonly stalk: (...args: readonly string[]) => Ran;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const made: string[] = [];

/** Call it once the tests of a file are done. */
export const removeProjects = (): void => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
};

export function strangersProject(): StrangersProject {
  const root = mkdtempSync(join(tmpdir(), 'stalk-project-'));
  made.push(root);
  for (const name of LINKED) symlinkSync(join(ROOT, name), join(root, name));
  for (const name of COPIED) copyFileSync(join(ROOT, name), join(root, name));
  mkdirSync(join(root, 'stacks'));
  cpSync(join(ROOT, 'stacks', 'list.ts'), join(root, 'stacks', 'list.ts'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const run = (program: string, ...args: readonly string[]): Ran => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8' });
    return { code: status ?? -1, out: stdout, err: stderr };
  };
  return {
    root,
    write,
    run,
    list: (environments, tenants) => {
      write('stacks/environments.ts', moduleOf('Environment', 'environments', environments));
      write('tenants/index.ts', moduleOf('Tenant', 'tenants', tenants));
    },
    stalk: (...args) => run(process.execPath, join(root, 'scripts', 'stalk.cjs'), ...args),
  };
}

const moduleOf = (type: string, name: string, value: object): string =>
  `import type { ${type} } from '../lib';\n\nexport const ${name}: readonly ${type}[] = ${JSON.stringify(value, undefined, 2)};\n`;
