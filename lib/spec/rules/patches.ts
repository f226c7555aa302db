// Patches of an environment: their folders are in the tree, and their keys name an object somewhere.

import type { Environment } from '../environment';
import { nearest } from '../near';
import { names } from '../patch-layers';
import { show, unless } from './finding';
import type { Finding } from './finding';

/** A broker that somebody else runs has no folder. */
export function patchedFolders({ patches = {}, brokers = {} }: Environment): readonly Finding[] {
  const known = Object.keys(brokers).filter((name) => brokers[name]?.topology !== 'external');
  return Object.keys(patches).flatMap((folder) => {
    const [kind, name = ''] = folder.split('/');
    return unless(kind !== 'brokers' || name.includes('*') || known.includes(name), () => {
      const near = nearest(name, known);
      return {
        path: ['patches', folder],
        wanted: 'be for a shared broker that Stalk runs here',
        got: show(folder),
        fix: near === undefined ? 'remove it, there is none' : `did you mean brokers/${near}`,
      };
    });
  });
}

/** What is rendered into one folder: `Kind/name` of its objects. */
export interface Folder {
  readonly folder: string;
  readonly objects: () => readonly string[];
}

/** A key is for at least one object of at least one folder; it stops looking where all are found. */
export function patchesThatMatchNothing(
  { patches = {} }: Pick<Environment, 'patches'>,
  folders: readonly Folder[],
): readonly Finding[] {
  const sought = Object.entries(patches).flatMap(([pattern, own = {}]) => {
    const within = folders.filter(({ folder }) => names(pattern, folder));
    // An environment without tenants has nothing to match yet
    return within.length === 0 ? [] : Object.keys(own).map((key) => ({ pattern, key, within }));
  });
  return sought.flatMap(({ pattern, key, within }) =>
    unless(
      within.some(({ objects }) => objects().some((name) => names(key, name))),
      () => ({
        path: ['patches', pattern, key],
        wanted: pattern.includes('*') ? `match an object in one of ${pattern}` : 'match an object',
        got: 'none',
        fix: `did you mean ${nearest(key, [...new Set(within.flatMap(({ objects }) => objects()))])}`,
      }),
    ),
  );
}
