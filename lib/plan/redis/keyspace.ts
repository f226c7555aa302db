// Keys under which Celery keeps a tenant's tasks in Redis: one answer for settings, users, autoscaler and load test.

import type { ResolvedBroker, ResolvedPool, ResolvedTenant } from '../../spec';

export interface Keyspace {
  /** What kombu puts before every key; may be empty. */
  readonly prefix: string;
  /** What Celery's keys begin with, the prefix or the tenant's name; empty where the Redis is the tenant's alone. */
  readonly start: string;
  /** What keys of results begin with. */
  readonly results: string;
  /** What keys of RedBeat begin with. */
  readonly redbeat: string;
  /** Control, events and the keys below carry this name where no prefix keeps tenants apart. */
  readonly name?: string;
  /** Hash of the messages that workers hold, the index of when they took them, and the lock of who looks for overdue ones. */
  readonly unacked: Unacked;
  /** Sorted set of the messages that are not begun any more, until an operator decides. */
  readonly letters: string;
  /** All lists of a queue, in the order in which they are served. */
  readonly listsOf: (queue: string) => readonly List[];
  /** Sets of the messages that workers of a pool hold, by whether their time has come: these keys are Stalk's. */
  readonly heldBy: (pool: Pick<ResolvedPool, 'name'>) => Held;
}

interface Unacked {
  readonly key: string;
  readonly index: string;
  readonly mutex: string;
}

interface List {
  readonly step: number;
  readonly key: string;
}

interface Held {
  /** How the loader knows the pool. */
  readonly id: string;
  readonly due: string;
  readonly delayed: string;
}

type Owner = Pick<ResolvedTenant, 'name' | 'broker' | 'priorities'>;

export function keyspaceOf({ name: tenant, broker, priorities }: Owner): Keyspace {
  const { prefix, keys } = broker;
  const name = nameOf(broker);
  const start = name === undefined ? prefix : `${name}.`;
  const unacked = `${start}unacked`;
  return {
    prefix,
    start,
    results: keys?.results === undefined ? start : keys.results,
    redbeat: keys?.redbeat === undefined ? `${start}redbeat:` : keys.redbeat,
    ...(name !== undefined && { name }),
    unacked: { key: unacked, index: `${unacked}_index`, mutex: `${unacked}_mutex` },
    letters: `${start}dead-letters`,
    listsOf: (queue) =>
      priorities.steps.map((step) => ({
        step,
        key: `${prefix}${queue}${step === 0 ? '' : `${priorities.separator}${step}`}`,
      })),
    heldBy: (pool) => {
      const id = `${tenant}.${pool.name}`; // tenants of a group have these keys side by side
      return { id, due: `${unacked}.${id}`, delayed: `${unacked}.${id}.delayed` };
    },
  };
}

/** Without a prefix, what a tenant has would lie in one key for all tenants. */
const nameOf = ({ prefix, queueBase }: ResolvedBroker): string | undefined =>
  prefix === '' ? queueBase : undefined;

/** Queues that a tenant's pools take tasks from, as Redis knows them, each once. */
export const consumedQueues = ({ workers }: Pick<ResolvedTenant, 'workers'>): readonly string[] => [
  ...new Set(workers.flatMap(({ queues }) => queues)),
];
