// What keeps tenants apart on one Redis: names of queues, prefixes and users.

import type { ResolvedTenant } from './resolved';

/** Name of the default queue of a tenant whose queues carry its name: `tenant-acme`, and `tenant-001` for itself. */
export const queueBase = (tenant: string): string =>
  tenant.startsWith('tenant-') ? tenant : `tenant-${tenant}`;

/** What a queue is called in Redis. `celery` is the default queue of every Celery app. */
export function physicalQueue(base: string | undefined, queue: string): string {
  if (base === undefined || queue === base || queue.startsWith(`${base}.`)) return queue;
  return queue === 'celery' ? base : `${base}.${queue}`;
}

/** The same queue as its app names it. */
export function appQueue(base: string | undefined, queue: string): string {
  if (base === undefined) return queue;
  return queue === base ? 'celery' : queue.replace(`${base}.`, '');
}

/** Whether lists of priorities are named with a character that other keys may hold as well; kombu's own is none. */
export const hasPrintableSeparator = ({ priorities }: Pick<ResolvedTenant, 'priorities'>): boolean =>
  /^[!-~]/.test(priorities.separator);

export const defaultPrefix = (owner: string): string => `tenant:${owner}:`;

/** Redis users of a tenant, or of a group: whoever works, whoever only produces, and the autoscaler. */
export interface Users {
  readonly worker: string;
  readonly web: string;
  readonly scaler: string;
  /** Counts the queues from the tenant's namespace: where somebody else runs the Redis, and the environment has monitoring. */
  readonly queues?: string;
}

export const usersOf = (owner: string): Users => ({
  worker: owner,
  web: `${owner}-web`,
  scaler: `${owner}-scaler`,
});

export const queuesUserOf = (owner: string): string => `${owner}-queues`;

/** Users that are Redis' own or the platform's. */
export const RESERVED_USERS = [
  'default',
  'admin',
  'probe',
  'replica',
  'sentinel',
  'exporter',
  'queues',
  'backup',
] as const;
