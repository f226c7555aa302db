// Clients of a broker beside Celery: whether its rules let them work, and they can know how.

import { at } from '../layers';
import { envValues, isFact, LOGINS } from '../other-clients';
import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import type { EnvValue } from '../values';
import { eachVariable } from './env';
import { show, unless } from './finding';
import type { Finding, Rule } from './finding';

const CACHE = "cache: {} and { from: 'cache.url' }";

type Words = Pick<Finding, 'wanted' | 'fix'>;

/** Says the words at each variable that asks for the URL, or for the password that stands in it. */
const atEachLogin = (tenant: ResolvedTenant, words: Words): readonly Finding[] =>
  eachVariable(tenant, (name, value) => {
    const login = LOGINS.find((one) => isFact(value, one));
    return login && { path: [name, 'from'], got: show(login), ...words };
  });

const forCeleryAlone = (tenant: ResolvedTenant): readonly Finding[] =>
  tenant.broker.alsoCache
    ? []
    : atEachLogin(tenant, {
        wanted: 'not be asked for where alsoCache is false, as the broker then refuses all but Celery',
        fix: `remove broker.alsoCache, or use ${CACHE}; Celery itself takes broker.celeryUrl`,
      });

/** Without a prefix, keys are told apart by the names of queues, which other clients know nothing of. */
function withoutPrefix(tenant: ResolvedTenant, asked: Tenant): readonly Finding[] {
  const { kind, isolation, prefix } = tenant.broker;
  if (kind !== 'shared' || isolation !== 'queue' || prefix !== '') return [];
  const fix = `use isolation: 'hybrid' and begin keys with { from: 'broker.prefix' }, or use ${CACHE}`;
  const wanted = 'whose rules refuse the keys of other clients than Celery';
  return [
    ...unless(at(asked.broker, 'alsoCache') !== true, () => ({
      path: ['broker', 'alsoCache'],
      wanted: `not be true with isolation "queue", ${wanted}`,
      got: 'true',
      fix,
    })),
    ...unless(tenant.app.dialect !== 'paperless', () => ({
      path: ['broker', 'isolation'],
      wanted: 'give keys a prefix for the dialect "paperless", which keeps its channels here',
      got: show(isolation),
      fix: "use isolation: 'prefix' or 'hybrid'",
    })),
    ...atEachLogin(tenant, { wanted: `not be asked for with isolation "queue", ${wanted}`, fix }),
  ];
}

const namesPrefix =
  (prefix: string) =>
  (value: EnvValue): boolean =>
    isFact(value, 'broker.prefix') || (typeof value === 'string' && value.includes(prefix));

const unknownPrefix = (tenant: ResolvedTenant): readonly Finding[] => {
  const { prefix } = tenant.broker;
  if (prefix === '' || envValues(tenant).some(namesPrefix(prefix))) return [];
  return atEachLogin(tenant, {
    wanted: `come with { from: 'broker.prefix' }: the broker refuses keys that do not begin with ${show(prefix)}`,
    fix: `add REDIS_PREFIX: { from: 'broker.prefix' } and let the client begin its keys with it, or use ${CACHE}`,
  });
};

/** Sentinels have no `broker.url`: the rules of variables say so. */
const clients = (tenant: ResolvedTenant, asked: Tenant): readonly Finding[] => {
  if (tenant.broker.redis.topology === 'sentinel') return [];
  const refused = [...forCeleryAlone(tenant), ...withoutPrefix(tenant, asked)];
  return refused.length > 0 ? refused : unknownPrefix(tenant);
};

export const clientRules: readonly Rule[] = [
  { what: 'a broker lets the clients work that ask for its URL', of: clients },
];
