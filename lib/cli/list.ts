// The environments and tenants that a command works on, from the module that lists them.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { platforms } from '..';
import type { Platform, PlatformProps } from '..';
import { CannotRun } from './io';
import { projectAt } from './project';

/** Option of every command that reads the list. */
export const FROM = {
  flags: '--from <module>',
  help: 'TypeScript or JavaScript module that exports environments and tenants (default: stacks/list.ts of the project)',
} as const;

/** Every environment with its tenants, resolved: what is rendered is what is verified. */
export const listed = (from: string | undefined): readonly Platform[] => platforms(load(from));

/** Environments and tenants as they are written. */
export function load(from: string | undefined): PlatformProps {
  const file = from === undefined ? projectAt(process.cwd()).list : resolve(from);
  if (!existsSync(file)) throw new CannotRun([`--from must name a file, got ${from}; there is no ${file}`]);
  const { environments, tenants } = loaded(file);
  if (!Array.isArray(environments) || !Array.isArray(tenants))
    throw new CannotRun([
      `--from must name a module that exports environments and tenants, got ${file}; export both lists`,
    ]);
  return { environments, tenants };
}

function loaded(file: string): Partial<PlatformProps> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- its name is known at run time only
    return require(file) as Partial<PlatformProps>;
  } catch (error) {
    throw new CannotRun([`--from must name a module that can be loaded, got ${file}: ${reasonOf(error)}`]);
  }
}

/** What is wrong and in which file, without what compilers and Node add of themselves. */
function reasonOf(error: unknown): string {
  const { message, stack } = error as Error;
  const [first = ''] = message.split('\n');
  const [, drawn] = /,-\[(.*)\]/.exec(message) ?? [];
  const [, thrown] =
    /^\s+at .*?((?:\/|[A-Z]:\\)(?!.*node_modules)[^()]*\.[jt]s):\d+/m.exec(String(stack)) ?? [];
  const where = drawn ?? (error instanceof SyntaxError ? undefined : thrown);
  return first.replace(/^\s*x /, '').trim() + (where === undefined ? '' : `, in ${where}`);
}

export function environmentNamed(all: readonly Platform[], name: string): Platform {
  const found = all.find(({ environment }) => environment.name === name);
  if (found) return found;
  const names = all.map(({ environment }) => environment.name).join(', ');
  throw new CannotRun([
    `--env must be one of ${names}, got ${name}; choose one, or another list with --from`,
  ]);
}

/** The tenants of these names, in the list's order; all without names. */
export function tenantsNamed(
  { tenants, environment }: Platform,
  names: readonly string[],
): Platform['tenants'] {
  const known = tenants.map(({ name }) => name);
  const strangers = names.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new CannotRun(
      strangers.map(
        (name) =>
          `tenant must be one of environment ${environment.name}, got ${name}; there are ${known.join(', ')}`,
      ),
    );
  return names.length === 0 ? tenants : tenants.filter(({ name }) => names.includes(name));
}
