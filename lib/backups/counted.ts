// What was counted in a snapshot or in a living Redis, by tenant and queue. Names come as count.lua prints them.

import { consumedQueues, keyspaceOf } from '../plan/redis/keyspace';
import type { Keyspace } from '../plan/redis/keyspace';
import type { ResolvedTenant } from '../spec';

/** Whose it is: a tenant of the list, or nobody of it. */
export interface CountedWork {
  /** Absent: of no tenant in the list. */
  readonly tenant?: string;
  readonly queues: readonly CountedQueue[];
  /** Messages that workers had in hand. */
  readonly inHand: number;
  /** Of these, those with a time of their own. */
  readonly etas: number;
  /** The latest of these times, as the message says it. */
  readonly latest?: string;
  readonly letters: number;
  readonly results: number;
  readonly redbeat: number;
  /** Keys besides, by how they begin. */
  readonly others: ReadonlyMap<string, number>;
}

export interface CountedQueue {
  readonly queue: string;
  readonly messages: number;
  /** Seconds of the epoch when the next one was sent, where it says so: of all priorities, the oldest. */
  readonly since?: number;
}

/** A line of drill.sh. */
interface Line {
  readonly database: number;
  readonly kind: string;
  readonly name: string;
  readonly number: number;
  readonly since: string;
  readonly due: string;
}

const FORM = /^(\d+) (queue|unacked|eta|letters|results|redbeat|other) (\S+) (\d+) (\S+) (\S+)$/;

const lineOf = (text: string): readonly Line[] => {
  const [, database, kind = '', name = '', number, since = '', due = ''] = FORM.exec(text) ?? [];
  return database === undefined
    ? []
    : [{ database: Number(database), kind, name, number: Number(number), since, due }];
};

/** As count.lua prints names. */
export const printable = (name: string): string =>
  [...Buffer.from(name)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x5c
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

/** Tenants in the list's order, and last what is of none of them. Those without anything are left out. */
export function countedIn(text: string, tenants: readonly ResolvedTenant[]): readonly CountedWork[] {
  const owners = tenants.map(ownerOf);
  const lines = text.split('\n').flatMap(lineOf);
  const found = lines.map((line) => ({ line, owner: whose(line, owners) }));
  const all = [...owners, undefined].map((owner) =>
    gathered(
      owner,
      found.filter((one) => one.owner === owner).map(({ line }) => line),
    ),
  );
  return all.filter(holdsAnything);
}

interface Owner {
  readonly tenant: string;
  readonly database: number;
  readonly keys: Keyspace;
  /** What keys of it begin with; none where the Redis is the tenant's alone. */
  readonly starts: readonly string[];
  /** Queue by list. */
  readonly lists: ReadonlyMap<string, string>;
}

function ownerOf(tenant: ResolvedTenant): Owner {
  const keys = keyspaceOf(tenant);
  const lists = consumedQueues(tenant).flatMap((queue) =>
    keys.listsOf(queue).map(({ key }) => [printable(key), queue] as const),
  );
  const { prefix, start, name } = keys;
  const starts = [prefix, start, ...(name === undefined ? [] : [`_kombu.binding.${name}`, name])];
  return {
    tenant: tenant.name,
    database: tenant.broker.database,
    keys,
    starts: starts.filter((text) => text !== '').map(printable),
    lists: new Map(lists),
  };
}

/** By the list of a queue, else by the longest beginning: `tenant-a` begins `tenant-ab`. */
function whose({ name, database }: Line, owners: readonly Owner[]): Owner | undefined {
  const here = owners.filter((owner) => owner.database === database);
  const exact = here.find(({ lists }) => lists.has(name));
  if (exact) return exact;
  const [only] = here;
  if (owners.length === 1 && only && only.starts.length === 0) return only;
  const length = (owner: Owner): number =>
    Math.max(0, ...owner.starts.filter((start) => name.startsWith(start)).map((start) => start.length));
  const [best] = [...here].sort((a, b) => length(b) - length(a));
  return best && length(best) > 0 ? best : undefined;
}

function gathered(owner: Owner | undefined, lines: readonly Line[]): CountedWork {
  const of = (kind: string): readonly Line[] => lines.filter((line) => line.kind === kind);
  const sum = (kind: string): number => of(kind).reduce((total, { number }) => total + number, 0);
  const latest = of('eta')
    .map(({ due }) => due)
    .filter((due) => due !== NOTHING)
    .sort()
    .at(-1);
  return {
    ...(owner && { tenant: owner.tenant }),
    queues: queuesOf(owner, of('queue')),
    inHand: sum('unacked'),
    etas: sum('eta'),
    ...(latest !== undefined && { latest }),
    letters: sum('letters'),
    results: sum('results'),
    redbeat: sum('redbeat'),
    others: new Map(of('other').map(({ name, number }) => [name, number])),
  };
}

const NOTHING = '-';

function queuesOf(owner: Owner | undefined, lines: readonly Line[]): readonly CountedQueue[] {
  const queues = new Map<string, CountedQueue>();
  for (const { name, number, since } of lines) {
    const queue = owner?.lists.get(name) ?? name;
    const before = queues.get(queue);
    const times = [before?.since, since === NOTHING ? undefined : Number(since)].filter(
      (time) => time !== undefined,
    );
    queues.set(queue, {
      queue,
      messages: number + (before === undefined ? 0 : before.messages),
      ...(times.length > 0 && { since: Math.min(...times) }),
    });
  }
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

/** Bindings of queues, which each worker makes at its start, are nothing to show. */
const holdsAnything = (one: CountedWork): boolean =>
  holdsWork(one) || one.results > 0 || (one.tenant === undefined && one.others.size > 0);

/** What a restore would take away: bindings, which workers make at their start, are none of it. */
export const holdsWork = (one: CountedWork): boolean => messagesOf(one) + one.letters + one.redbeat > 0;

export const messagesOf = ({ queues, inHand }: CountedWork): number => waitingMessages(queues) + inHand;

export const waitingMessages = (queues: readonly CountedQueue[]): number =>
  queues.reduce((total, { messages }) => total + messages, 0);
