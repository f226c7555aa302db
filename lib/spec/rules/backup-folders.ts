// Folders of backups: each broker has one of its own, as none can read what another's key wrote.

import { resolveShared } from '../resolve-redis';
import type { ResolvedEnvironment, ResolvedServer } from '../resolved';
import { ownServer } from './backup';
import type { CrossRule } from './cross';
import { show, unless } from './finding';
import type { Finding } from './finding';

/** A folder of a bucket; a claim is the broker's alone. */
function folderOf({ backup }: ResolvedServer): string | undefined {
  const store = backup?.store;
  return store?.kind === 's3' ? `${store.endpoint}/${store.bucket}/${store.path}` : undefined;
}

const ANOTHER_FOLDER = 'remove path: each broker has a folder of its own';

const foldersOfShared = (environment: ResolvedEnvironment): readonly (readonly [string, string])[] =>
  Object.keys(environment.brokers).flatMap((name) => {
    const redis = resolveShared(name, environment);
    const folder = redis.topology === 'external' ? undefined : folderOf(redis);
    return folder === undefined ? [] : [[folder, name] as const];
  });

/** Among the brokers that tenants share. */
export function sharedFolders(environment: ResolvedEnvironment): readonly Finding[] {
  const seen = new Map<string, string>();
  return foldersOfShared(environment).flatMap(([folder, name]) => {
    const other = seen.get(folder);
    if (other === undefined) seen.set(folder, name);
    return unless(other === undefined, () => ({
      path: ['brokers', name, 'backup', 'to', 'path'],
      wanted: `be another folder than that of broker "${other}", whose key cannot read its backups`,
      got: show(folder),
      fix: ANOTHER_FOLDER,
    }));
  });
}

/** Among tenants' own brokers, and between them and those that are shared. */
export const ownFolders: CrossRule = ({ known }) => {
  const [first] = known;
  if (first === undefined) return [];
  const shared = foldersOfShared(first.tenant.environment);
  const seen = new Map(shared.map(([folder, name]) => [folder, `broker "${name}"`]));
  return known.flatMap(({ tenant }) => {
    const redis = ownServer(tenant);
    const folder = redis && folderOf(redis);
    if (folder === undefined) return [];
    const other = seen.get(folder);
    seen.set(folder, `tenant "${tenant.name}"`);
    return unless(other === undefined, () => ({
      path: ['broker', 'backup', 'to', 'path'],
      wanted: `be another folder than that of ${other}, whose key cannot read its backups`,
      got: show(folder),
      fix: ANOTHER_FOLDER,
    })).map((finding) => ({ ...finding, tenant: tenant.name }));
  });
};
