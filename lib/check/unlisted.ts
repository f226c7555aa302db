// Tenant files that the list does not hold: somebody wrote one, and nothing is rendered for it.

import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Tenant } from '../spec';
import type { CheckFinding } from './finding';

/** A module that Node has loaded: its file, and what it exports. */
export interface LoadedModule {
  readonly file: string;
  readonly exports: unknown;
}

const MODULE = /\.[jt]s$/;
const NO_TENANT = /\.(d|test|spec)\.ts$/;

/** The modules in `tenants/` of a project. */
export function tenantFiles(root: string): readonly string[] {
  const folder = join(root, 'tenants');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && MODULE.test(entry.name) && !NO_TENANT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Files that nothing has loaded, and tenants that a file exports and the list does not hold. */
export function unlisted(
  root: string,
  loaded: readonly LoadedModule[],
  tenants: readonly Tenant[],
): readonly CheckFinding[] {
  const modules = new Map(loaded.map(({ file, exports }) => [file, exports]));
  return tenantFiles(root).flatMap((path): CheckFinding[] => {
    const file = relative(root, path);
    if (!modules.has(path))
      return [
        {
          file,
          message:
            'must be in the list, got a file that nothing imports; import it in tenants/index.ts or delete it',
        },
      ];
    return tenantsIn(modules.get(path))
      .filter((tenant) => !tenants.includes(tenant))
      .map((tenant) => ({
        file,
        tenants: [tenant.name],
        message: `tenant "${tenant.name}" must be in the list, got an export that it does not hold; add it in tenants/index.ts or delete it`,
      }));
  });
}

/** What looks like a tenant among a module's exports; a base that others spread has no name. */
function tenantsIn(exports: unknown): readonly Tenant[] {
  if (typeof exports !== 'object' || exports === null) return [];
  return Object.values(exports).filter(
    (value: unknown): value is Tenant =>
      typeof value === 'object' &&
      value !== null &&
      'name' in value &&
      typeof value.name === 'string' &&
      'app' in value,
  );
}
