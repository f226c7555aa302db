// A move from one broker to another: two of them, apart in every name, and both right.

import { drainingName, onOldSide } from '../resolve-moving';
import type { ResolvedBroker, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import type { CrossFinding, CrossRule, Everybody } from './cross';
import { show, unless } from './finding';
import type { Finding, Rule } from './finding';
import { serverOf } from './server-uses';

const FROM = ['broker', 'movingFrom'] as const;

type About = (old: ResolvedTenant, tenant: ResolvedTenant, asked: Tenant) => readonly Finding[];

/** Nothing where the tenant stays. */
const whileMoving =
  (about: About): Rule['of'] =>
  (tenant, asked) =>
    tenant.moving === undefined ? [] : about(tenant.moving, tenant, asked);

/** One name, or one server that somebody else runs under two names. */
function isSame(a: ResolvedBroker, b: ResolvedBroker): boolean {
  if (a.kind === 'shared' && b.kind === 'shared' && a.name === b.name) return true;
  return (
    a.redis.topology === 'external' &&
    b.redis.topology === 'external' &&
    serverOf(a.redis) === serverOf(b.redis)
  );
}

const sideText = ({ kind, name, redis }: ResolvedBroker): string =>
  kind === 'shared' ? `{ shared: ${show(name)} }` : `{ topology: ${show(redis.topology)} }`;

const another: About = (old, { broker }) =>
  unless(!isSame(old.broker, broker), () => ({
    path: FROM,
    wanted: 'be another broker than the one that the tenant moves to',
    got: sideText(old.broker),
    fix: 'remove movingFrom, or name the broker that the tenant leaves',
  }));

/** Their servers, Services and Secrets would have one name in one namespace. */
const oneOfItsOwn: About = (old, { broker, name }) =>
  unless(
    old.broker.kind === 'shared' ||
      broker.kind === 'shared' ||
      isForeign(old.broker) !== isForeign(broker) ||
      isSame(old.broker, broker),
    () => ({
      path: FROM,
      wanted: `be a shared broker, or the new one be: two of the tenant's own have one name in namespace "${name}"`,
      got: sideText(old.broker),
      fix: isForeign(broker)
        ? 'name one of the two in brokers of the environment, and write { shared: … }'
        : 'change the topology in place, which loses nothing; or move by way of a shared broker',
    }),
  );

const isForeign = ({ redis }: ResolvedBroker): boolean => redis.topology === 'external';

/** Its pools serve tenants that have not moved, and its users are theirs. */
const noGroup: About = (old, tenant) =>
  [
    { side: tenant, path: ['broker', 'group'] },
    { side: old, path: [...FROM, 'group'] },
  ].flatMap(({ side: { broker }, path }) =>
    unless(broker.group === undefined, () => ({
      path,
      wanted: 'be left out while the tenant moves: the tenants of a group share users, a prefix and pools',
      got: show(broker.group),
      fix: 'give the tenant a name, queues and a pool of its own first, or let the group stay where it is',
    })),
  );

/** Pods find the certificates of each side in a Secret. */
const certificatesOfEach: About = (old, { broker }) => {
  const [before, after] = [old.broker.redis.tls, broker.redis.tls];
  const isTwice = secretOf(before) !== undefined && secretOf(before) === secretOf(after);
  return unless(!isTwice || JSON.stringify(before) === JSON.stringify(after), () => ({
    path: [...FROM, ...(old.broker.kind === 'shared' ? ['shared'] : ['tls'])],
    wanted: 'have the issuer of the new broker, as the certificates of both lie in one Secret',
    got: show(before),
    fix: 'use one issuer for both, or tls: { secret } with another name for one of them',
  }));
};

/** As `clientSecret` of the plan names it. */
const secretOf = (tls: ResolvedBroker['redis']['tls']): string | undefined => {
  if (tls === undefined || tls === true) return undefined;
  return 'secret' in tls ? tls.secret : 'redis-client-tls';
};

/** Users by ACL reach what begins with the prefix, and nothing else. */
const keysOfOneUser: About = ({ broker: { redis, keys } }) =>
  redis.topology === 'external' && redis.acl !== undefined
    ? [
        ...unless(keys?.results === undefined, () => outOfReach(['results', 'prefix'], keys?.results)),
        ...unless(keys?.redbeat === undefined, () => outOfReach(['redbeatPrefix'], keys?.redbeat)),
      ]
    : [];

const outOfReach = (path: Finding['path'], got: string | undefined): Finding => ({
  path: [...FROM, ...path],
  wanted:
    'be left out where each tenant has users of its own: their rules name the prefix of the broker alone',
  got: show(got),
  fix: 'name the one user that reads every key in username, or remove it',
});

const poolNames: About = (_, { workers }) => {
  const names = new Set(workers.map(({ name }) => name));
  return workers.flatMap(({ name }) =>
    unless(!names.has(drainingName(name)), () => ({
      path: ['workers', drainingName(name)],
      wanted: `be called otherwise while the tenant moves: the pool that drains the old broker for "${name}" has this name`,
      got: show(drainingName(name)),
      fix: 'rename the pool before the tenant moves',
    })),
  );
};

/** What is wrong with the old broker by the rules of every broker, with the path as it is written. */
export const oldSideRules = (rules: readonly Rule[]): Rule => ({
  what: 'the old broker is right as well',
  of: whileMoving((old, { environment }, asked) => {
    const before = onOldSide(asked, environment);
    return before === undefined ? [] : rules.flatMap(({ of }) => of(old, before)).flatMap(ofOldBroker);
  }),
});

const ofOldBroker = ({ path, ...finding }: Finding): readonly Finding[] =>
  path[0] === 'broker' ? [{ path: [...FROM, ...path.slice(1)], ...finding }] : [];

/** Old sides among all the others: what is wrong with them alone, or with another tenant for them. */
export function onOldSides(rules: readonly CrossRule[], everybody: Everybody): readonly CrossFinding[] {
  const old = everybody.known.flatMap(({ asked, tenant }) =>
    tenant.moving === undefined ? [] : [{ asked, tenant: tenant.moving }],
  );
  if (old.length === 0) return [];
  const moving = new Set(old.map(({ tenant }) => tenant.name));
  const all = { ...everybody, known: [...everybody.known, ...old] };
  return rules.flatMap((rule) => {
    const known = new Set(rule(everybody).map(wordsOf));
    return rule(all)
      .filter((finding) => !known.has(wordsOf(finding)))
      .map(({ path, ...finding }) => ({
        ...finding,
        path: moving.has(finding.tenant) && path[0] === 'broker' ? [...FROM, ...path.slice(1)] : path,
      }));
  });
}

const wordsOf = ({ tenant, path, wanted, got }: CrossFinding): string =>
  [tenant, path.join('.'), wanted, got].join('\n');

export const movingRules: readonly Rule[] = [
  { what: 'a move has two brokers', of: whileMoving(another) },
  { what: 'a namespace has one broker of its own', of: whileMoving(oneOfItsOwn) },
  { what: 'a group stays together', of: whileMoving(noGroup) },
  { what: 'certificates of two brokers lie apart', of: whileMoving(certificatesOfEach) },
  { what: 'keys by other names are read by who reads all', of: whileMoving(keysOfOneUser) },
  { what: 'draining pools have names of their own', of: whileMoving(poolNames) },
];
