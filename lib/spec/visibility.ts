// How long a worker may hold a message that it has not acknowledged: the formula behind the visibility timeout.

import { slowestRate } from './rates';
import type { ResolvedPool, ResolvedTenant } from './resolved';

type Waits = Pick<ResolvedTenant, 'longestDelay' | 'rateLimit' | 'celery'>;

/** Seconds that a message may lie in a worker of one pool, by the reason. */
export interface Hold {
  /** Until its countdown or eta. */
  readonly delay: number;
  /** For the rate limit: all that the worker took ahead may be of the slowest task. */
  readonly rate: number;
  /** Behind the tasks that its process took ahead. */
  readonly ahead: number;
  /** While it runs, and for its pod to end. */
  readonly run: number;
}

/** Second: no message comes back in the very one in which its worker may still give it back. */
const LEAST = 1;

/** docs/operating.md, When a killed task comes back, has this in words. */
export function holdOf({ concurrency, prefetch, hard, grace }: ResolvedPool, tenant: Waits): Hold {
  return {
    delay: Math.max(LEAST, tenant.longestDelay),
    rate: Math.ceil(concurrency * prefetch * (slowestRate(tenant)?.every ?? 0)),
    ahead: (prefetch - 1) * hard,
    run: hard + grace,
  };
}

export const holdTime = ({ delay, rate, ahead, run }: Hold): number => delay + rate + ahead + run;

/** That of the pool where it is most; without pools, what a producer's messages may wait. */
export const visibilityTimeout = (workers: readonly ResolvedPool[], tenant: Waits): number =>
  Math.max(LEAST, tenant.longestDelay, ...workers.map((pool) => holdTime(holdOf(pool, tenant))));
