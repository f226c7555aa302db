// Redis of a tenant: brokers that keep what they accept, databases that exist, results that have a place.

import { at } from '../layers';
import type { ExternalCache } from '../external';
import type { Cache, Redis } from '../redis';
import { isShared } from '../resolve-redis';
import type { ResolvedExternal, ResolvedServer, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

/** Secrets that hold passwords, one key for each user; Stalk may render them, without certificates. */
const OF_PASSWORDS = ['redis-users', 'redis-credentials', 'cache-users', 'cache-credentials'];

/** Redis does not start, and no client connects, without all three files. */
export function certificatesApart(
  { tls }: ResolvedServer | ResolvedExternal,
  path: Path,
): readonly Finding[] {
  const secret = typeof tls === 'object' && 'secret' in tls ? tls.secret : '';
  return unless(!OF_PASSWORDS.includes(secret), () => ({
    path: [...path, 'tls', 'secret'],
    wanted: 'be a Secret with certificates, and this one holds passwords',
    got: show(secret),
    fix: 'use a Secret of its own, such as "redis-tls"',
  }));
}

/** An evicting broker deletes tasks that it accepted. */
export function neverEvicts(asked: Redis | undefined, path: Path): readonly Finding[] {
  const eviction = at(asked, 'eviction');
  return unless(eviction === undefined || eviction === 'noeviction', () => ({
    path: [...path, 'eviction'],
    wanted: 'be "noeviction" on a broker: any other deletes tasks that it accepted',
    got: show(eviction),
    fix: 'remove it, and give the tenant a cache for what may be forgotten',
  }));
}

export const databaseExists = (database: number, databases: number, path: Path): readonly Finding[] =>
  unless(database < databases, () => ({
    path,
    wanted: `be under ${databases}, the number of databases`,
    got: String(database),
    fix: 'use a lower index or raise databases',
  }));

/** Passwords made of names do not open a Redis that somebody else runs, but as ACL users, which `stalk acl` prints. */
export const literalForExternal = (
  redis: Redis | ExternalCache | undefined,
  strategy: string,
  path: Path,
): readonly Finding[] =>
  unless(redis?.topology !== 'external' || redis.username === undefined || strategy !== 'literal', () => ({
    path: [...path, 'topology'],
    wanted: 'be one that Stalk runs where secrets are literal: it does not know the password of another',
    got: show('external'),
    fix: 'let Stalk run it here, or use the strategy "existing"; or remove username, and make the users that stalk acl prints',
  }));

const own = ({ broker }: Tenant): Redis | undefined =>
  broker === undefined || isShared(broker) ? undefined : broker;

const dedicated =
  (rule: (redis: ResolvedServer | ResolvedExternal, path: Path) => readonly Finding[]): Rule['of'] =>
  ({ broker }) =>
    broker.kind === 'dedicated' ? rule(broker.redis, ['broker']) : [];

const databases = ({ broker, results }: ResolvedTenant, asked: Tenant): readonly Finding[] => [
  ...databaseExists(broker.database, broker.redis.databases, ['broker', 'database']),
  ...(asked.results?.database === undefined
    ? []
    : databaseExists(results.database, broker.redis.databases, ['results', 'database'])),
];

const externalCache = ({ cache }: Tenant): ExternalCache | undefined =>
  cache !== undefined && 'topology' in cache ? cache : undefined;

const ownCache = ({ cache }: Tenant): Cache | undefined =>
  cache === undefined || 'topology' in cache ? undefined : cache;

export const redisRules: readonly Rule[] = [
  { what: 'certificates lie apart from passwords', of: dedicated(certificatesApart) },
  {
    what: 'certificates of a cache lie apart from passwords',
    of: ({ cache }) => (cache ? certificatesApart(cache.redis, ['cache']) : []),
  },
  {
    what: 'Stalk knows the password of a cache that it runs only',
    of: ({ environment }, asked) =>
      literalForExternal(externalCache(asked), environment.secrets.strategy, ['cache']),
  },
  { what: 'a broker never evicts', of: (_, asked) => neverEvicts(own(asked), ['broker']) },
  { what: 'databases exist', of: databases },
  {
    what: 'Stalk knows the passwords of what it runs only',
    of: ({ environment }, asked) => literalForExternal(own(asked), environment.secrets.strategy, ['broker']),
  },
  {
    what: 'only a cache with persistence has a volume',
    of: ({ cache }, asked) => {
      const storage = ownCache(asked)?.storage;
      return unless(storage === undefined || at(cache?.redis, 'storage') !== undefined, () => ({
        path: ['cache', 'storage'],
        wanted: 'not be given without persistence',
        got: show(storage),
        fix: 'add persistence: true, or remove it',
      }));
    },
  },
  {
    what: 'only results in Redis have a database of it',
    of: ({ results }, asked) =>
      unless(results.backend === 'redis' || asked.results?.database === undefined, () => ({
        path: ['results', 'database'],
        wanted: `not be given with backend ${show(results.backend)}`,
        got: show(asked.results?.database),
        fix: 'remove it, or use backend "redis"',
      })),
  },
  {
    what: 'results in a database have Django',
    of: ({ results, app }) =>
      unless(results.backend !== 'django-db' || app.dialect !== 'celery', () => ({
        path: ['results', 'backend'],
        wanted:
          'be "redis" or "none" for the dialect "celery", as django-celery-results keeps them in Django',
        got: show('django-db'),
        fix: 'use "redis", or the dialect "django"',
      })),
  },
];
