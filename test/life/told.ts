// What `stalk diff` tells of a change of the tenant, and its commands as a person runs them.

import { execFileSync } from 'node:child_process';
import { diffOf, sideOf } from '../../lib/diff';
import type { Consequence } from '../../lib/diff';
import { NAME } from './synced';
import type { Tree } from './synced';

const sideAt = (name: string, { tenant }: Tree) =>
  sideOf(
    name,
    tenant.map((manifest) => ({ environment: 'e2e', folder: `tenants/${NAME}`, manifest })),
  );

export const consequencesOf = (before: Tree, after: Tree): readonly Consequence[] =>
  diffOf(sideAt('before', before), sideAt('after', after)).consequences;

/** Steps that are commands. */
export const commandsOf = (steps: readonly string[]): readonly string[] =>
  steps.filter((step) => step.startsWith('kubectl '));

export const run = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8' });
