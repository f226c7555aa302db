// Groups: tenants of one app that share users, a prefix and perhaps a pool.

import { queueBase } from '../isolation';
import type { ResolvedTenant } from '../resolved';
import { durationText } from '../units';
import { byKey, onShared } from './cross';
import type { CrossRule, Everybody, SoundTenant } from './cross';
import { quoted, show, unless } from './finding';

const groupsOf = (everybody: Everybody): readonly (readonly ResolvedTenant[])[] => {
  const grouped = onShared(everybody).filter(({ broker }) => broker.group !== undefined);
  return [...byKey(grouped, ({ broker }) => `${broker.name} ${broker.group}`).values()];
};

export const onePrefix: CrossRule = (everybody) =>
  groupsOf(everybody).flatMap(([first, ...others]) =>
    others
      .filter(({ broker }) => broker.prefix !== first?.broker.prefix)
      .map(({ name, broker }) => ({
        tenant: name,
        path: ['broker', 'prefix'],
        wanted: `be ${show(first?.broker.prefix)} like that of tenant "${first?.name}", as a group has one`,
        got: show(broker.prefix),
        fix: 'write the same prefix in all of them, or none',
      })),
  );

/** Every beat of one app sends the whole schedule that the app defines. */
export const oneBeat: CrossRule = (everybody) =>
  groupsOf(everybody).flatMap((group) => {
    const [first, ...others] = group.filter(({ beat }) => beat !== undefined);
    return others.map(({ name, broker }) => ({
      tenant: name,
      path: ['beat'],
      wanted: `be in one tenant of group "${broker.group}" only, and tenant "${first?.name}" has it: two send every task twice`,
      got: 'another',
      fix: `write its schedule in tenant "${first?.name}"`,
    }));
  });

/** Whom a pool serves: tenants that are here, beside it, of the same app. */
export const served: CrossRule = (everybody) => {
  const byName = new Map(everybody.known.map(({ tenant }) => [tenant.name, tenant]));
  return everybody.known.flatMap(({ tenant, asked }) =>
    Object.entries(asked.workers ?? {}).flatMap(([pool, { serves = [] }]) =>
      serves.flatMap((name, index) => {
        const found = byName.get(name);
        if (found === undefined && everybody.names.has(name)) return [];
        const wrong = found === undefined ? 'be a tenant of this environment' : unfit(tenant, found);
        if (wrong === undefined) return [];
        return [
          {
            tenant: tenant.name,
            path: ['workers', pool, 'serves', index],
            wanted: wrong,
            got: show(name),
            fix: membersOf(everybody, tenant),
          },
        ];
      }),
    ),
  );
};

/** A pool's worker knows its own tenant's times alone, and holds the messages of all that it serves. */
export const servedInTime: CrossRule = ({ known }) => {
  const byBase = new Map(known.map(({ tenant }) => [queueBase(tenant.name), tenant]));
  return known.flatMap(({ tenant: owner }) =>
    owner.workers.flatMap(({ name: pool, serves }) =>
      serves.flatMap((base) => {
        const member = byBase.get(base);
        return member === undefined || member.name === owner.name ? [] : lateFor(owner, member, pool);
      }),
    ),
  );
};

function lateFor(owner: ResolvedTenant, member: ResolvedTenant, pool: string) {
  const whose = `tenant "${owner.name}", whose pool "${pool}" runs its tasks`;
  return [
    ...unless(member.longestDelay <= owner.longestDelay, () => ({
      path: ['longestDelay'],
      wanted: `be at most ${show(durationText(owner.longestDelay))} like that of ${whose}`,
      got: show(durationText(member.longestDelay)),
      fix: `raise longestDelay of tenant "${owner.name}"`,
    })),
    ...unless(
      member.rateLimit === undefined || member.workers.length > 0 || member.rateLimit === owner.rateLimit,
      () => ({
        path: ['rateLimit'],
        wanted: `be that of ${whose}, or be left out`,
        got: show(member.rateLimit),
        fix: `write it in tenant "${owner.name}"`,
      }),
    ),
  ].map((finding) => ({ tenant: member.name, ...finding }));
}

function unfit({ broker, app }: ResolvedTenant, other: ResolvedTenant): string | undefined {
  if (broker.group === undefined) return undefined; // rules/isolation.ts has told so
  if (other.broker.group !== broker.group || other.broker.name !== broker.name)
    return `be a tenant of group "${broker.group}" on broker "${broker.name}"`;
  if (other.app.dialect !== app.dialect || other.app.module !== app.module)
    return `run the app ${show(app.module)} of dialect ${show(app.dialect)}, as one worker runs one app`;
  return undefined;
}

function membersOf({ known }: Everybody, { broker }: ResolvedTenant): string {
  const members = known.filter(
    ({ tenant }) => broker.group !== undefined && tenant.broker.group === broker.group,
  );
  return `the group has ${quoted(members.map(({ tenant }) => tenant.name))}`;
}

/** Physical queues with a consumer, by the name of the tenant that they belong to. */
export function consumed({ known }: Everybody): ReadonlyMap<string, ReadonlySet<string>> {
  const queues = new Map<string, Set<string>>();
  for (const [name, queue] of known.flatMap(consumedBy)) {
    const own = queues.get(name) ?? new Set();
    queues.set(name, own.add(queue));
  }
  return queues;
}

/** Pairs of a tenant and one of its queues. */
const consumedBy = ({ tenant, asked }: SoundTenant): readonly (readonly [string, string])[] =>
  tenant.workers.flatMap((pool) => {
    const serves = asked.workers?.[pool.name]?.serves;
    if (serves === undefined) return pool.queues.map((queue) => [tenant.name, queue] as const);
    return serves.flatMap((name) =>
      pool.queues.filter((queue) => isOf(name, queue)).map((queue) => [name, queue] as const),
    );
  });

const isOf = (tenant: string, queue: string): boolean => {
  const base = queueBase(tenant);
  return queue === base || queue.startsWith(`${base}.`);
};
