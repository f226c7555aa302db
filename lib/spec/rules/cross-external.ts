// Servers that somebody else runs, by whatever name they are reached: nobody there takes what is another's.

import type { Environment } from '../environment';
import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { serverUsesOf, clashes } from './server-uses';
import type { ServerUse, Clash } from './server-uses';
import { byKey } from './cross';
import type { CrossFinding, CrossRule } from './cross';
import { show } from './finding';
import type { Finding } from './finding';
import { environmentProblem, tenantProblem } from './report';
import type { Problem } from './report';

const servers = (tenants: readonly ResolvedTenant[]): readonly (readonly ServerUse[])[] => [
  ...byKey(tenants.flatMap(serverUsesOf), ({ server }) => server).values(),
];

const ownerIn = ({ owner }: ServerUse): string => owner;

/** Of one environment: a shared broker, a tenant's own and a cache may be one server. */
export const externalServers: CrossRule = ({ known }) =>
  servers(known.map(({ tenant }) => tenant)).flatMap((uses) => {
    const found = clashes(uses, ownerIn).map(apart);
    return found.length > 0 ? found : sameUsers(uses, ownerIn).map(usersApart);
  });

/** Owners without the one that the finding is about, as far as a sentence goes. */
function others(clash: Clash, one: ServerUse, owner: (part: ServerUse) => string): string {
  const names = [...new Set(clash.map(owner))].filter((name) => name !== owner(one));
  const last = names.at(-1);
  return names.length < 2 ? String(last) : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** About the first whose keys are not those of the widest part's owner; all are named. */
const later = (clash: Clash, owner: (part: ServerUse) => string): ServerUse =>
  clash.find((part) => owner(part) !== owner(clash[0])) ?? clash[1];

function apart(clash: Clash): CrossFinding {
  const one = later(clash, ownerIn);
  const { tenant, server, use } = one;
  const acl = clash.some(({ redis }) => redis.acl);
  return {
    tenant: tenant.name,
    path: use === 'cache' ? ['cache', 'database'] : ['broker', 'prefix'],
    wanted: `keep its keys on ${server} apart from those of ${others(clash, one, ownerIn)}`,
    got: use === 'cache' ? 'all keys of a database' : keysOf(one),
    fix: acl
      ? 'give each broker a prefix of its own, none of which begins another (ACL users reach all databases), and a cache another server'
      : 'give each broker a prefix of its own, none of which begins another, or each of them another database',
  };
}

function keysOf({ tenant: { broker } }: ServerUse): string {
  if (broker.prefix !== '') return show(broker.prefix);
  return broker.queueBase === undefined ? 'no prefix' : `queues that begin with ${show(broker.queueBase)}`;
}

/** Users of one name and several owners: whoever makes them would make one of them. */
function sameUsers(uses: readonly ServerUse[], owner: (part: ServerUse) => string): readonly Clash[] {
  const named = uses
    .filter(({ redis }) => redis.acl)
    .flatMap((part) => part.users.map((user) => ({ user, part })));
  return [...byKey(named, ({ user }) => user).values()]
    .map((same) => same.map(({ part }) => part))
    .filter((same) => new Set(same.map(owner)).size > 1)
    .map((same) => same as unknown as Clash);
}

function usersApart(clash: Clash): CrossFinding {
  const one = later(clash, ownerIn);
  const { tenant, server, users } = one;
  const user = users.find((name) => clash[0].users.includes(name));
  return {
    tenant: tenant.name,
    path: tenant.broker.group === undefined ? ['name'] : ['broker', 'group'],
    wanted: `leave the Redis user ${show(user)} of ${server} to ${others(clash, one, ownerIn)}`,
    got: show(tenant.broker.group ?? tenant.name),
    fix: 'choose another name',
  };
}

interface Everywhere {
  readonly environments: readonly Environment[];
  readonly tenants: readonly Tenant[];
}

const ownerAnywhere = ({ owner, tenant }: ServerUse): string =>
  `${owner} of environment "${tenant.environment.name}"`;

/** Of several environments: a tenant in two of them on one server would be its own stranger. */
export const betweenEnvironments = (
  tenants: readonly ResolvedTenant[],
  asked: Everywhere,
): readonly Problem[] =>
  servers(tenants).flatMap((uses) => {
    const all = [...clashes(uses, ownerAnywhere), ...sameUsers(uses, ownerAnywhere)].filter(
      (clash) => environmentsOf(clash).length > 1,
    );
    return [...byKey(all, (clash) => placeOf(clash)).values()].flatMap((same) => between(same, asked));
  });

const environmentsOf = (clash: Clash): readonly string[] => [
  ...new Set(clash.map(({ tenant }) => tenant.environment.name)),
];

/** Of another environment than the first. */
const stranger = (clash: Clash): ServerUse => {
  const [home] = clash;
  return clash.find(({ tenant }) => tenant.environment.name !== home.tenant.environment.name) ?? home;
};

/** Tenants of one shared broker have one answer: that of the broker. */
const placeOf = (clash: Clash): string => {
  const { tenant, use } = stranger(clash);
  const shared = use === 'broker' && tenant.broker.kind === 'shared';
  return [...environmentsOf(clash), shared ? `brokers ${tenant.broker.name}` : `${use} ${tenant.name}`].join(
    ' ',
  );
};

/** Where its author wrote the server: the broker that a tenant leaves stands below the one that it has. */
function pathOf({ use, redis }: ServerUse, { broker }: Tenant): readonly string[] {
  const from = broker !== undefined && 'movingFrom' in broker ? broker.movingFrom : undefined;
  const leaves = from !== undefined && 'host' in from && from.host === redis.host;
  return use === 'broker' && leaves ? ['broker', 'movingFrom'] : [use];
}

function between(same: readonly Clash[], { environments, tenants }: Everywhere): readonly Problem[] {
  const [clash] = same;
  if (clash === undefined) return [];
  const part = stranger(clash);
  const { tenant, redis, use } = part;
  const environment = environments.find(({ name }) => name === tenant.environment.name);
  const asked = tenants.find(({ name }) => name === tenant.name);
  if (environment === undefined || asked === undefined) return [];
  const all = [...new Set(same.flatMap((one) => one.map(ownerAnywhere)))];
  const finding: Omit<Finding, 'path'> = {
    wanted: `be another server: ${all.slice(0, -1).join(', ')} and ${all.at(-1)} would take each other's tasks and keys`,
    got: show(redis.host),
    fix: redis.acl
      ? 'use another server, as ACL users are called like tenants; or one user, with other databases or prefixes in each environment'
      : 'use another server, or give each environment other databases, as in defaults: { shared: { database: 1 } }, or prefixes',
  };
  return use === 'broker' && tenant.broker.kind === 'shared'
    ? [environmentProblem({ path: ['brokers', tenant.broker.name, 'host'], ...finding }, environment)]
    : [tenantProblem({ path: [...pathOf(part, asked), 'host'], ...finding }, asked, environment)];
}
