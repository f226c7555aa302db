// The environments and tenants that a command works on, from the module that lists them.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { platforms } from '..';
import type { Platform, PlatformProps } from '..';
import { ListError, loadList } from '../output/load';
import { nearest } from '../spec/nearest';
import { show } from '../spec/rules';
import { CannotRun } from './io';
import { projectAt } from './project';

/** Option of every command that reads the list. */
export const FROM = {
  flags: '--from <module>',
  help: 'TypeScript or JavaScript module that exports environments and tenants (default: stacks/list.ts of the project)',
} as const;

/** Every environment with its tenants, resolved: what is rendered is what is verified. */
export const platformsOfList = (from: string | undefined): readonly Platform[] => platforms(load(from));

/** Environments and tenants as they are written. */
export function load(from: string | undefined): PlatformProps {
  const file = from === undefined ? projectAt(process.cwd()).list : resolve(from);
  if (!existsSync(file))
    throw new CannotRun([`--from must name a file, got ${show(from)}; there is no ${file}`]);
  return lists(file);
}

function lists(file: string): PlatformProps {
  try {
    return loadList(file);
  } catch (error) {
    throw error instanceof ListError ? new CannotRun(error.lines) : error;
  }
}

export function environmentNamed(all: readonly Platform[], name: string): Platform {
  const found = all.find(({ environment }) => environment.name === name);
  if (found) return found;
  const names = all.map(({ environment }) => environment.name);
  const near = nearest(name, names);
  throw new CannotRun([
    `--env must be one of ${names.map(show).join(', ')}, got ${show(name)}; ` +
      (near === undefined ? 'choose one, or another list with --from' : `did you mean ${show(near)}`),
  ]);
}

function fixOf(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? `there are ${known.map(show).join(', ')}` : `did you mean ${show(near)}`;
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
          `tenant must be one of environment ${show(environment.name)}, got ${show(name)}; ${fixOf(name, known)}`,
      ),
    );
  return names.length === 0 ? tenants : tenants.filter(({ name }) => names.includes(name));
}
