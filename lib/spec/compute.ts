// What a pod may use, and when it is looked at.

import type { Cpu, Duration, Memory, Range } from './units';
import type { EnvValue } from './values';

/** What one pod may use. */
export interface Compute {
  /**
   * CPU: a request is reserved, a limit throttles.
   * @default - by kind of workload, see `spec/defaults.ts`
   */
  readonly cpu?: Range<Cpu>;

  /**
   * Memory: over the limit a process is killed.
   * @default - by kind of workload, see `spec/defaults.ts`
   */
  readonly memory?: Range<Memory>;

  /**
   * Disk of the container and its `emptyDir`s: over the limit the pod is evicted.
   * @default { request: '64Mi', limit: '1Gi' }
   */
  readonly disk?: Range<Memory>;

  /**
   * Environment of these pods only, on top of the tenant's.
   * @default {}
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
}

/** A pod that stays, so it is looked at. */
export interface Probed extends Compute {
  /**
   * Timing of the probes; what they look at is fixed.
   * @default - by kind of workload
   */
  readonly probes?: Probes;
}

export interface Probes {
  /**
   * Has it come up? The others wait for this one.
   * @default - every 10 s, for ten minutes
   */
  readonly startup?: ProbeTiming;

  /**
   * May it get work, and may a rollout go on?
   * @default - every 10 s
   */
  readonly readiness?: ProbeTiming;

  /**
   * Does only a restart help? A worker whose broker is away is not restarted.
   * @default - every 30 s; of Redis six times, three minutes in all
   */
  readonly liveness?: ProbeTiming;
}

export interface ProbeTiming {
  /**
   * Before the first try.
   * @default '0s'
   */
  readonly initialDelay?: Duration;

  /**
   * Between tries.
   * @default '10s'
   */
  readonly period?: Duration;

  /**
   * For one try.
   * @default '5s'
   */
  readonly timeout?: Duration;

  /**
   * Failures in a row that count.
   * @default 3, and 60 for startup
   */
  readonly failures?: number;
}
