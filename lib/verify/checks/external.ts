// Check: a Redis that somebody else runs is one that Celery can use, as far as its clients can see.

import { serverOf } from '../../spec/rules/server-uses';
import { byKey } from '../../spec/rules/cross';
import type { ResolvedExternal } from '../../spec/resolved';
import { askTenant } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome } from '../section';
import { sidesIn } from '../world';
import type { TenantHere, World } from '../world';

/** What runtime/app.py tells of a server. */
export interface ServerAnswer {
  /** Fields of INFO that there are, by name. */
  readonly info: Readonly<Record<string, string | number>>;
  /** Why INFO said nothing, where it did not. */
  readonly refused?: string;
  /** By database: `OK`, or why it cannot be chosen. */
  readonly databases: Readonly<Record<string, string>>;
}

interface OnServer {
  readonly here: TenantHere;
  readonly redis: ResolvedExternal;
}

const onExternal = (world: World): readonly OnServer[] =>
  sidesIn(world).flatMap((here) => {
    const { redis } = here.tenant.broker;
    return redis.topology === 'external' ? [{ here, redis }] : [];
  });

/** Each server once, asked by the first of its tenants. */
export async function* externalServersHere(world: World): AsyncIterable<CheckOutcome> {
  for (const [server, [first, ...more]] of byKey(onExternal(world), ({ redis }) => serverOf(redis))) {
    if (first === undefined) continue;
    const about = { id: 'redis.server', subject: server, expected: 'a Redis that Celery can use' };
    yield* guarded(about, async () => verdicts(server, first.redis, await ask(world, [first, ...more])));
  }
  for (const { tenant } of world.tenants) {
    if (tenant.cache?.redis.topology !== 'external') continue;
    const about = { id: 'redis.server', subject: serverOf(tenant.cache.redis), expected: 'a cache' };
    yield skipped(about, 'somebody else runs this cache, and it may forget: its app is asked nothing');
  }
}

/** Seconds for the few commands of one look. */
const PATIENCE = 15;

async function ask(world: World, on: readonly OnServer[]): Promise<ServerAnswer> {
  const tenants = on.map(({ here }) => here);
  const databases = new Set(
    tenants.flatMap(({ tenant: { broker, results } }) => [
      broker.database,
      ...(results.backend === 'redis' ? [results.database] : []),
    ]),
  );
  const question = {
    from: ['worker', 'beat'],
    question: 'server',
    argument: { databases: [...databases] },
    seconds: PATIENCE,
  };
  const [first] = tenants;
  if (first === undefined) throw new Error('a tenant must be there to ask from, got none');
  return askTenant<ServerAnswer>(world, first, question);
}

/** Stalk is tested from here on; before the other, Redis has no patterns for the channels of a user. */
const TESTED = [7, 0] as const;
const OLDEST = [6, 2] as const;

const atLeast = (version: string, [major, minor]: readonly [number, number]): boolean => {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
};

/** All that can be said of a server by the answer of one client. */
export function verdicts(
  subject: string,
  redis: Pick<ResolvedExternal, 'maxClients'>,
  { info, refused, databases }: ServerAnswer,
): CheckOutcome[] {
  const closed = Object.entries(databases).filter(([, said]) => said !== 'OK');
  const field = (name: string): string | undefined => (name in info ? String(info[name]) : undefined);
  const seen = (
    id: string,
    expected: string,
    name: string,
    { holds, detail }: { readonly holds: (value: string) => boolean; readonly detail: string },
  ): CheckOutcome => {
    const about = { id: `redis.${id}`, subject, expected };
    const value = field(name);
    const why = refused === undefined ? `its INFO has no ${name}` : `INFO is refused: ${refused}`;
    return value === undefined
      ? skipped(about, `${why}; ask whoever runs it`)
      : judged(about, holds(value), `${name} ${value}`, detail);
  };
  return [
    seen('policy', 'maxmemory-policy noeviction', 'maxmemory_policy', {
      holds: (value) => value === 'noeviction',
      detail:
        'a full server deletes accepted tasks, or their results: set noeviction at the service (docs/external-redis.md)',
    }),
    seen('evicted', '0 keys evicted', 'evicted_keys', {
      holds: (value) => value === '0',
      detail: 'the server was full once and deleted keys: set noeviction, or make it larger',
    }),
    seen('version', `${OLDEST.join('.')} or newer, tested from ${TESTED.join('.')}`, 'redis_version', {
      holds: (value) => atLeast(value, OLDEST),
      detail: 'use a newer engine of the service',
    }),
    seen('role', 'the primary', 'role', {
      holds: (value) => value === 'master',
      detail: 'this endpoint is of a read replica, which takes no tasks: write that of the primary as host',
    }),
    seen('cluster', 'cluster mode disabled', 'cluster_enabled', {
      holds: (value) => value === '0',
      detail: 'Celery cannot follow slots: make a server with cluster mode disabled',
    }),
    seen('connections', `up to ${redis.maxClients}`, 'connected_clients', {
      holds: (value) => Number(value) <= redis.maxClients,
      detail: 'lower replicas and concurrency, or take a larger plan and raise maxClients',
    }),
    judged(
      { id: 'redis.databases', subject, expected: `databases ${Object.keys(databases).join(', ')}` },
      closed.length === 0,
      closed.length === 0
        ? 'each can be chosen'
        : closed.map(([name, said]) => `${name}: ${said}`).join('; '),
      'lower broker.database and results.database, or raise the number of databases at the service',
    ),
  ];
}
