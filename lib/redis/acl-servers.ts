// Users that somebody else has to make, on Redis servers that Stalk does not run: the rules of our own roles.

import { serverUsesOf } from '../spec/rules/server-uses';
import type { ServerUse } from '../spec/rules/server-uses';
import { byKey } from '../spec/rules/cross';
import type { ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';
import { cacheUser, OWN, rulesOfRole, sharedUsers } from './acl';
import type { RedisUser } from './acl';

/** A server with ACL users, and what the list calls it. */
export interface AclServer {
  /** `host:port`. */
  readonly server: string;
  /** Shared brokers and tenants that are there. */
  readonly names: readonly string[];
  readonly users: readonly AclUser[];
}

export interface AclUser {
  readonly name: string;
  /** As `ACL SETUSER` takes them, behind `on` and the passwords. */
  readonly rules: string;
  /** What it belongs to in the store of secrets, and in literal passwords. */
  readonly of: string;
}

export const aclServers = (tenants: readonly ResolvedTenant[]): readonly AclServer[] =>
  [...byKey(tenants.flatMap(tenantSides).flatMap(serverUsesOf), ({ server }) => server)].flatMap(
    ([server, uses]) => {
      const ours = uses.filter(({ redis }) => redis.acl);
      if (ours.length === 0) return [];
      const names = new Set(ours.flatMap(namesOf));
      return [{ server, names: [...names], users: usersOn(ours).sort((a, b) => (a.name < b.name ? -1 : 1)) }];
    },
  );

const isShared = ({ use, tenant }: ServerUse): boolean => use === 'broker' && tenant.broker.kind === 'shared';

const namesOf = (part: ServerUse): string[] => [
  ...(isShared(part) ? [part.tenant.broker.name] : []),
  part.tenant.name,
];

const placeOf = (part: ServerUse): string => {
  const { use, tenant } = part;
  if (use === 'cache') return `tenants/${tenant.name}/cache`;
  return isShared(part) ? `brokers/${tenant.broker.name}` : `tenants/${tenant.name}/redis`;
};

/** Tenants of a group share their users, who may do what any of them needs. */
const usersOn = (uses: readonly ServerUse[]): AclUser[] =>
  [...byKey(uses, placeOf)].flatMap(([of, here]) => {
    const brokers = here.filter(({ use }) => use === 'broker').map(({ tenant }) => tenant);
    const caches = here.filter(({ use }) => use === 'cache').flatMap(({ users }) => users.map(cacheUser));
    return [...sharedUsers(brokers), ...caches].flatMap((user) => rulesByName(user, of));
  });

/** What users.sh makes of the lines that it reads. */
function rulesByName({ name, own, roles }: RedisUser, of: string): AclUser[] {
  const rules = roles.flatMap((role) =>
    Object.entries(rulesOfRole(role)).map(([ending, text]) => ({ user: `${name}${ending}`, text })),
  );
  return [...byKey(rules, ({ user }) => user)].map(([user, texts]) => ({
    name: user,
    rules: texts.map(({ text }) => (own === undefined ? text : text.replaceAll(OWN, own))).join(' '),
    of,
  }));
}

/** What stands for a password: Redis refuses it, and leaves the user as it is. */
const placeholder = (user: string): string => `#<sha256-of-the-password-of-${user}>`;

/** One command for each user, which makes it or brings it to these rules; hashes in place of passwords. */
export const setUser = ({ name, rules }: AclUser, hashes: readonly string[]): string =>
  `ACL SETUSER ${name} reset on ${hashes.length === 0 ? placeholder(name) : hashes.map((hash) => `#${hash}`).join(' ')} ${rules}`;

/** As the API of ElastiCache and MemoryDB takes it: a new user has no keys to reset, and its password goes beside. */
export const accessString = ({ rules }: AclUser): string => `on ${rules.replaceAll('resetkeys ', '')}`;
