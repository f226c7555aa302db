// Names that collide: namespaces, Redis users, prefixes, queues.

import type { ResolvedTenant } from '../resolved';
import { hasPrintableSeparator } from '../isolation';
import { byKey, onOurs, ownerOf } from './cross';
import type { CrossFinding, CrossRule } from './cross';
import { show } from './finding';

/** `acme` owns the users `acme`, `acme-web` and `acme-scaler`, so a tenant `acme-web` cannot be beside it. */
export const users: CrossRule = (everybody) => {
  const owners = new Map<string, string>();
  return onOurs(everybody).flatMap((tenant) => {
    const { broker, name } = tenant;
    const owner = ownerOf(tenant);
    const taken = Object.values(broker.users).map(
      (user) => [user, owners.get(`${broker.name} ${user}`)] as const,
    );
    for (const [user, by] of taken) if (by === undefined) owners.set(`${broker.name} ${user}`, owner);
    const clash = taken.find(([, by]) => by !== undefined && by !== owner);
    if (clash === undefined) return [];
    const path = broker.group === undefined ? ['name'] : ['broker', 'group'];
    return [
      {
        tenant: name,
        path,
        wanted: `leave the Redis user ${show(clash[0])} of broker "${broker.name}" to ${clash[1]}`,
        got: show(broker.group ?? name),
        fix: 'choose another name',
      },
    ];
  });
};

/** Of owners, as the tenants of a group share their prefix; databases do not part key patterns. */
export const prefixes: CrossRule = (everybody) => {
  const prefixed = onOurs(everybody).filter(({ broker }) => broker.prefix !== '');
  return [...byKey(prefixed, ({ broker }) => broker.name).values()].flatMap((tenants) => {
    const owners = [...byKey(tenants, ownerOf).values()].flatMap(([first]) => (first ? [first] : []));
    const sorted = owners
      .map((tenant, index) => ({ tenant, index }))
      .sort((a, b) => compare(a.tenant.broker.prefix, b.tenant.broker.prefix) || a.index - b.index);
    return nested(sorted.map(({ tenant }) => tenant));
  });
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Sorted, a prefix stands before all that it begins: one walk with the open ones on a stack finds them. */
function nested(sorted: readonly ResolvedTenant[]): readonly CrossFinding[] {
  const open: ResolvedTenant[] = [];
  return sorted.flatMap((tenant) => {
    const { prefix } = tenant.broker;
    while (open.length > 0 && !prefix.startsWith(String(open.at(-1)?.broker.prefix))) open.pop();
    const outer = open.at(-1);
    open.push(tenant);
    return outer === undefined ? [] : [overlap(tenant, outer)];
  });
}

const overlap = ({ name, broker }: ResolvedTenant, outer: ResolvedTenant): CrossFinding => ({
  tenant: name,
  path: ['broker', 'prefix'],
  wanted: `not begin with the prefix ${show(outer.broker.prefix)} of ${ownerOf(outer)} on broker "${broker.name}", which would reach its keys`,
  got: show(broker.prefix),
  fix: 'choose another prefix for one of them',
});

/** Where two tenants see the same keys, their queues must differ: `001` and `tenant-001` both say `tenant-001`. */
export const queueBases: CrossRule = (everybody) => {
  const named = onOurs(everybody).filter(({ broker }) => broker.queueBase !== undefined);
  const groups = byKey(named, ({ broker }) => [broker.name, broker.prefix, broker.queueBase].join(' '));
  return [...groups.values()].flatMap(([first, ...others]) =>
    others
      .filter(({ name }) => name !== first?.name)
      .map(({ name, broker }) => ({
        tenant: name,
        path: ['name'],
        wanted: `give queues other names than those of tenant "${first?.name}" on broker "${broker.name}"`,
        got: `${show(name)}, whose queues begin with ${show(broker.queueBase)} as well`,
        fix: 'rename one of them, or use isolation "hybrid" for both',
      })),
  );
};

/** Without a prefix a tenant owns all keys that begin with `<base>.` or `<base>:`, so nobody's prefix may. */
export const prefixesOfQueues: CrossRule = (everybody) => {
  const shared = onOurs(everybody);
  const bare = shared.filter(({ broker }) => broker.prefix === '' && broker.queueBase !== undefined);
  const owners = new Map(bare.map((tenant) => [`${tenant.broker.name} ${tenant.broker.queueBase}`, tenant]));
  if (owners.size === 0) return [];
  return shared.flatMap(({ name, broker }) => {
    const [base] = broker.prefix.split(/[.:]/);
    const owner = owners.get(`${broker.name} ${base}`);
    if (base === undefined || base === '' || owner === undefined) return [];
    const next = broker.prefix.charAt(base.length);
    if (next !== '.' && !hasPrintableSeparator(owner)) return [];
    return [
      {
        tenant: name,
        path: ['broker', 'prefix'],
        wanted: `not begin with "${base}${next}", as the queues of tenant "${owner.name}" on broker "${broker.name}" do`,
        got: show(broker.prefix),
        fix: 'choose another prefix',
      },
    ];
  });
};
