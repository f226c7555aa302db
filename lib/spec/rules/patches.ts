// Patches of an environment: their folders are in the tree, and their keys name an object somewhere.

import type { Environment } from '../environment';
import { nearest } from '../nearest';
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
        fix: near === undefined ? `there are ${listed(known)}` : `did you mean brokers/${near}`,
      };
    });
  });
}

/** Enough to see what there is. */
const SHOWN = 5;

const listed = (known: readonly string[]): string => {
  const more = known.length - SHOWN;
  return known.length === 0
    ? 'none'
    : known.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
};

const kindOf = (key: string): string => String(key.split('/')[0]);

/** The object that a key most likely means, or those of its kind, or the kinds. */
export function objectHint(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== undefined) return `did you mean ${near}`;
  const kinds = [...new Set(known.map(kindOf))];
  const kind = kinds.includes(kindOf(key)) ? kindOf(key) : nearest(kindOf(key), kinds);
  return `there are ${listed(kind === undefined ? kinds : known.filter((one) => kindOf(one) === kind))}`;
}

/** What is rendered into one folder: `Kind/name` of its objects. */
export interface FolderObjects {
  readonly folder: string;
  readonly objects: () => readonly string[];
}

/** A key is for at least one object of at least one folder; it stops looking where all are found. */
export function patchesThatMatchNothing(
  { patches = {} }: Pick<Environment, 'patches'>,
  folders: readonly FolderObjects[],
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
        fix: objectHint(key, [...new Set(within.flatMap(({ objects }) => objects()))]),
      }),
    ),
  );
}
