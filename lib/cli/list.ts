// The environments and tenants that a command works on, from the module that lists them.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { platforms } from '..';
import type { Platform, PlatformProps } from '..';
import { CannotRun } from './io';

const DEFAULT_LIST = join(__dirname, '..', '..', 'stacks', 'list.ts');

/** Option of every command that reads the list. */
export const FROM = {
  flags: '--from <module>',
  help: 'TypeScript or JavaScript module that exports environments and tenants (default: stacks/list.ts)',
} as const;

/** Every environment with its tenants, resolved: what is rendered is what is verified. */
export function listed(from: string | undefined): readonly Platform[] {
  const file = from === undefined ? DEFAULT_LIST : resolve(from);
  if (!existsSync(file)) throw new CannotRun([`--from must name a file, got ${from}; there is no ${file}`]);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its name is known at run time only
  const { environments, tenants } = require(file) as Partial<PlatformProps>;
  if (!Array.isArray(environments) || !Array.isArray(tenants))
    throw new CannotRun([
      `--from must name a module that exports environments and tenants, got ${file}; export both lists`,
    ]);
  return platforms({ environments, tenants });
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
