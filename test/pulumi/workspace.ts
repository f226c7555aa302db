/** A copy of the product with tenants of the tests' own, as a Pulumi workspace with a state that goes with it. */

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalWorkspace } from '@pulumi/pulumi/automation';
import type { OpMap, Stack } from '@pulumi/pulumi/automation';
import type { Environment, Tenant } from '../../lib';

const ROOT = join(__dirname, '..', '..');
/** In `Pulumi.yaml`. */
const PROJECT = 'stalk';
const COPIED = ['lib', 'stacks', 'package.json', 'tsconfig.json', 'Pulumi.yaml'];

/** The program that `Pulumi.yaml` names, with its own list of tenants. */
export interface Workspace {
  readonly stack: Stack;
  /** Runs `pulumi` for this stack, as a person does in a shell. */
  readonly pulumi: (...args: readonly string[]) => ChildProcess;
  /** Runs a text of a page in the folder of the stack. */
  readonly shell: (text: string) => ChildProcess;
  /** Puts the copy of the state back that the file backend keeps, where a kill has cut the state short. */
  readonly mend: () => void;
  /** Replaces the list of tenants. */
  readonly write: (tenants: readonly Tenant[]) => void;
  /** Everything that Pulumi wrote: states, their history, the stack's settings. */
  readonly written: () => string;
  readonly remove: () => void;
}

export async function workspace(environment: Environment, tenants: readonly Tenant[]): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'stalk-pulumi-'));
  const [work, state] = [join(folder, 'work'), join(folder, 'state')];
  for (const name of COPIED) cpSync(join(ROOT, name), join(work, name), { recursive: true });
  for (const name of [state, join(work, 'tenants')]) mkdirSync(name);
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  writeFileSync(
    join(work, 'stacks', 'environments.ts'),
    `export const environments = ${JSON.stringify([environment])};\n`,
  );
  const write = (list: readonly Tenant[]): void =>
    writeFileSync(join(work, 'tenants', 'index.ts'), `export const tenants = ${JSON.stringify(list)};\n`);
  write(tenants);
  const envVars = {
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: 'a passphrase of the tests',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    ...(process.env['KUBECONFIG'] !== undefined && { KUBECONFIG: process.env['KUBECONFIG'] }),
  };
  const inFolder = (program: string, args: readonly string[]): ChildProcess =>
    spawn(program, args, {
      cwd: work,
      env: { ...process.env, ...envVars },
      detached: true, // a group of its own, to be killed with its plugins
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const stack = await LocalWorkspace.createStack({ stackName: environment.name, workDir: work }, { envVars });
  return {
    stack,
    pulumi: (...args) => inFolder('pulumi', [...args, '--stack', environment.name, '--non-interactive']),
    mend: () => {
      const file = join(state, '.pulumi', 'stacks', PROJECT, `${environment.name}.json`);
      if (!readFileSync(file, 'utf8').trimEnd().endsWith('}')) copyFileSync(`${file}.bak`, file);
    },
    shell: (text) => inFolder('bash', ['-euo', 'pipefail', '-c', text]),
    write,
    written: () => textOf(state) + readFileSync(join(work, `Pulumi.${environment.name}.yaml`), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const textOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

/** What an up did, without what stayed the same. */
export const changesOf = ({ summary }: { summary: { resourceChanges?: OpMap } }): OpMap =>
  Object.fromEntries(Object.entries(summary.resourceChanges ?? {}).filter(([change]) => change !== 'same'));

export const onPath = (program: string): boolean => spawnSync(program, ['version']).error === undefined;

/** What kubectl prints; throws what it complains about. */
export function kubectl(...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024, // a tenant's objects in one answer
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** An object as the API server holds it. */
export interface Served {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation?: number };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: { readonly replicas?: number };
}

export const get = (namespace: string, kind: string, name: string): Served =>
  JSON.parse(kubectl('get', '-n', namespace, kind, name, '-o', 'json')) as Served;

/** What a person would miss of a namespace, by kind and name, with its UID. */
export const uidsIn = (namespace: string): Record<string, string> => {
  const kinds = 'deployment,statefulset,service,configmap,secret,networkpolicy,pdb,resourcequota';
  const { items } = JSON.parse(kubectl('get', '-n', namespace, kinds, '-o', 'json')) as { items: Served[] };
  return Object.fromEntries(items.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.uid]));
};

/** How often each pod template of a namespace has changed. */
export const generationsIn = (namespace: string): Record<string, number | undefined> => {
  const { items } = JSON.parse(kubectl('get', '-n', namespace, 'deployment,statefulset', '-o', 'json')) as {
    items: Served[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.generation]),
  );
};

export const namespaces = (): string[] =>
  kubectl('get', 'namespaces', '-o', 'name')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace('namespace/', ''));

/** What a program said until it ended; fails with that where it failed. */
export async function ended(child: ChildProcess): Promise<string> {
  let [said, complained] = ['', ''];
  child.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (complained += data.toString()));
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0)
    throw new Error(`${child.spawnargs.join(' ')} ended with ${String(code)}: ${said}${complained}`);
  return said;
}
