// What tenants use of servers that somebody else runs: who would reach whose keys, under whatever name they go there.

import { isIP } from 'node:net';
import type { ResolvedExternal, ResolvedTenant } from '../resolved';
import { byKey, ownerOf } from './cross';

/** A part of a server that its owner takes for its own. */
export interface ServerUse {
  readonly tenant: ResolvedTenant;
  /** Tenants of one group own one part together. */
  readonly owner: string;
  readonly use: 'broker' | 'cache';
  readonly redis: ResolvedExternal;
  /** `host:port`, as one spelling of it. */
  readonly server: string;
  readonly databases: ReadonlySet<number>;
  /** What all of its keys begin with: nothing where it has the server to itself. */
  readonly begins: string;
  readonly users: readonly string[];
}

/** Names know no case, and may end in a dot; an address has many spellings. An alias (CNAME) cannot be seen here. */
export const serverOf = ({ host, port }: Pick<ResolvedExternal, 'host' | 'port'>): string => {
  const name =
    isIP(host) === 6 ? new URL(`redis://[${host}]`).hostname : host.toLowerCase().replace(/\.$/, '');
  return `${name}:${port}`;
};

export const serverUsesOf = (tenant: ResolvedTenant): readonly ServerUse[] => [
  ...ofBroker(tenant),
  ...ofCache(tenant),
];

function ofBroker(tenant: ResolvedTenant): readonly ServerUse[] {
  const { broker, results } = tenant;
  const { redis, prefix, queueBase } = broker;
  if (redis.topology !== 'external') return [];
  const base = queueBase === undefined ? '' : `${queueBase}.`;
  return [
    {
      tenant,
      owner: ownerOf(tenant),
      use: 'broker',
      redis,
      server: serverOf(redis),
      databases: new Set([broker.database, ...(results.backend === 'redis' ? [results.database] : [])]),
      begins: prefix === '' ? base : prefix,
      users: [...new Set(Object.values(broker.users) as string[])],
    },
  ];
}

/** A cache may be flushed, and its app names the keys: it has all of a database. */
function ofCache(tenant: ResolvedTenant): readonly ServerUse[] {
  const { cache, name } = tenant;
  if (cache?.redis.topology !== 'external') return [];
  return [
    {
      tenant,
      owner: `the cache of tenant "${name}"`,
      use: 'cache',
      redis: cache.redis,
      server: serverOf(cache.redis),
      databases: new Set([cache.database]),
      begins: '',
      users: [cache.user],
    },
  ];
}

/** Claims that reach each other's keys: of at least two owners, the widest first. */
export type Clash = readonly [ServerUse, ServerUse, ...ServerUse[]];

/** Of uses on one server: by database, unless a user's key patterns, which know none, are all that parts them. */
export function clashes(uses: readonly ServerUse[], owner: (part: ServerUse) => string): readonly Clash[] {
  const acl = uses.some(({ redis }) => redis.acl);
  const placed = uses.flatMap((part) =>
    acl ? [{ part, place: '' }] : [...part.databases].map((database) => ({ part, place: String(database) })),
  );
  const found = [...byKey(placed, ({ place }) => place).values()].flatMap((here) =>
    nested(here.map(({ part }) => part)).filter((group) => new Set(group.map(owner)).size > 1),
  );
  return [
    ...new Map(found.map((clash) => [clash.map(owner).join('\n'), clash as unknown as Clash])).values(),
  ];
}

/** Sorted, a beginning stands before all that it begins: one walk finds everything below each. */
function nested(uses: readonly ServerUse[]): readonly (readonly ServerUse[])[] {
  const sorted = uses
    .map((part, index) => ({ part, index }))
    .sort((a, b) => compare(a.part.begins, b.part.begins) || a.index - b.index);
  const groups: ServerUse[][] = [];
  for (const { part } of sorted) {
    const open = groups.at(-1);
    if (open?.[0] !== undefined && part.begins.startsWith(open[0].begins)) open.push(part);
    else groups.push([part]);
  }
  return groups;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
