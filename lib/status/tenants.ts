// What one look means for a tenant: its pools, queues and beat as they are, and what is wrong with them.

import { isReady, isRunning, withCause } from '../cluster';
import { workerName } from '../plan/celery/workers';
import { brokerName } from '../plan/redis/broker';
import type { ResolvedPool, ResolvedTenant } from '../spec';
import { ofComponent } from './pods';
import type { Backlog } from './questions';
import type { TenantSeen } from './seen';
import type { BeatStatus, InHand, PoolStatus, QueueStatus, TenantStatus } from './status';
import { queueKeysOf } from './watched';

export type TenantFacts = Omit<TenantStatus, 'state' | 'troubles' | 'movingFrom'>;

/** As it is, before anybody judges it. */
export function factsOf(tenant: ResolvedTenant, seen: TenantSeen, held: Backlog | undefined): TenantFacts {
  return {
    name: tenant.name,
    broker: brokerName(tenant),
    pools: seen.error === undefined ? tenant.workers.map((pool) => poolOf(pool, seen)) : [],
    queues: queueKeysOf(tenant).map(({ queue }) => queueOf(queue, held)),
    ...(held && { inHand: inHandOf(tenant, held), deadLetters: held.deadLetters }),
    ...(hasBeat(tenant) && seen.error === undefined && { beat: beatOf(seen) }),
  };
}

/** It is where the tenant is. */
const hasBeat = ({ beat, broker }: ResolvedTenant): boolean => beat !== undefined && broker.isLeft !== true;

function poolOf(pool: ResolvedPool, { pods, wanted }: TenantSeen): PoolStatus {
  const name = workerName(pool);
  const mine = ofComponent(pods, 'worker', name);
  const away = mine.filter((pod) => !isReady(pod));
  const asked = wanted.get(name) ?? pool.replicas;
  return {
    name,
    ready: mine.length - away.length,
    wanted: asked,
    away: away.map(withCause),
    deaf: away.some((pod) => isRunning(pod, name)),
    atRest: asked === 0 && pool.scaling?.min === 0,
  };
}

const queueOf = (name: string, held: Backlog | undefined): QueueStatus => ({
  name,
  ...held?.queues.get(name),
});

const inHandOf = ({ visibilityTimeout }: ResolvedTenant, { messages, oldest }: Backlog): InHand => ({
  messages,
  ...(oldest !== undefined && { oldest }),
  visibilityTimeout,
});

/** The last of two that should not be: either of them sends. */
function beatOf({ pods, wanted, ticks }: TenantSeen): BeatStatus {
  return {
    ready: ofComponent(pods, 'beat').filter(isReady).length,
    wanted: wanted.get('beat') ?? 1,
    ...(ticks.length > 0 && { lastTick: Math.min(...ticks) }),
  };
}
