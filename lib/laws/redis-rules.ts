// The ConfigMaps of rules as users.sh reads them: lines of roles, and lines of users.

import { breachUnless } from './law';
import type { Breach } from './law';
import { called, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import type { Texts } from './pods';

/** What each user of one role and ending may do. */
export interface RoleLine {
  /** ConfigMap that holds it: `redis-rules`. */
  readonly map: string;
  readonly role: string;
  /** What its users' names end in; `-` for nothing. */
  readonly ending: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** Users of one name, and of its endings. */
export interface UserLine {
  readonly map: string;
  readonly name: string;
  /** What stands for `<own>` in the rules; `-` for nothing. */
  readonly own: string;
  readonly roles: readonly string[];
}

const MAP = /^(redis|cache|sentinel)-rules$/;

const linesOf = (text = ''): string[] => text.split('\n').filter((line) => line !== '');

const roleLine = (map: string, text: string): RoleLine => {
  const [, role = '', ending = '', line = ''] = /^(\S*) ?(\S*) ?(.*)$/.exec(text) ?? [];
  return { map, role, ending, line, words: line.split(' ') };
};

export const roleLines = (leaf: LeafView): RoleLine[] =>
  ownOfKind(leaf, 'ConfigMap')
    .filter(({ metadata }) => MAP.test(metadata.name))
    .flatMap(({ metadata, data }) => linesOf(data?.['roles']).map((text) => roleLine(metadata.name, text)));

const usersIn = (map: string, data: Texts = {}): UserLine[] =>
  linesOf(data['users']).map((text) => {
    const [name = '', own = '', ...roles] = text.split(' ');
    return { map, name, own, roles };
  });

export const userLines = (leaf: LeafView): UserLine[] =>
  ownOfKind(leaf, 'ConfigMap')
    .filter(({ metadata }) => MAP.test(metadata.name))
    .flatMap(({ metadata, data }) => usersIn(metadata.name, data));

/** Rules of each user, from the ConfigMap of that name. */
export function rulesByUser(leaf: LeafView, map: string): ReadonlyMap<string, string> | undefined {
  if (called(leaf, 'ConfigMap', map)?.data === undefined) return undefined;
  const roles = roleLines(leaf).filter((line) => line.map === map);
  const rules = new Map<string, string>();
  for (const { name, own, roles: mine } of userLines(leaf).filter((line) => line.map === map))
    for (const { ending, line } of mine.flatMap((role) => roles.filter((one) => one.role === role))) {
      const user = ending === '-' ? name : `${name}${ending}`;
      const before = rules.get(user);
      const filled = line.replaceAll('<own>', own);
      rules.set(user, before === undefined ? filled : `${before} ${filled}`);
    }
  return rules;
}

export const aboutRole = ({ map, role, ending }: RoleLine, holds: boolean, rest: string): Breach[] =>
  breachUnless(holds, `ConfigMap/${map}`, `.data.roles: "${role} ${ending}" ${rest}`);

export const aboutUser = ({ map, name }: UserLine, holds: boolean, rest: string): Breach[] =>
  breachUnless(holds, `ConfigMap/${map}`, `.data.users: "${name}" ${rest}`);
