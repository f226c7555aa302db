// What is expected of each figure, and what counts as bad.

import type { Figures } from './figures';

export type Bound = readonly ['<' | '>' | '≥', number];

export interface Threshold {
  /** For programs that compare reports. */
  readonly id: string;
  readonly figure: string;
  readonly unit: string;
  /** In that unit. */
  readonly of: (figures: Figures) => number | undefined;
  readonly expected: Bound;
  readonly acceptable?: Bound;
  /** Needs investigation. */
  readonly bad: Bound;
  readonly advice: string;
}

const MS = 1000;
const MB = 1e6;
const PERCENT = 100;

const times = (value: number | undefined, factor: number): number | undefined =>
  value === undefined ? undefined : value * factor;

/** Those of the reference systems, for a load test of 100 tasks: docs/load.md. */
export const THRESHOLDS: readonly Threshold[] = [
  {
    id: 'answered',
    figure: 'tasks answered',
    unit: '%',
    of: ({ sent, answered }) => (sent === 0 ? undefined : (answered / sent) * PERCENT),
    expected: ['≥', 95],
    bad: ['<', 95],
    advice: 'Look at the logs of the workers, and whether their pods restarted',
  },
  {
    id: 'throughput',
    figure: 'throughput of the burst',
    unit: 'tasks/s',
    of: ({ throughput }) => throughput,
    expected: ['>', 50],
    acceptable: ['>', 20],
    bad: ['<', 10],
    advice: 'Raise concurrency or replicas of the pool, unless the processor of Redis is the bound',
  },
  {
    id: 'queue-time',
    figure: 'queue time when paced, 95th percentile',
    unit: 'ms',
    of: ({ queueTime }) => times(queueTime?.p95, MS),
    expected: ['<', 10],
    acceptable: ['<', 50],
    bad: ['>', 100],
    advice: 'Other tasks were before these: measure at a quiet time, or raise replicas',
  },
  {
    id: 'latency',
    figure: 'time to the answer in the burst, mean',
    unit: 's',
    of: ({ latency }) => latency?.mean,
    expected: ['<', 5],
    bad: ['≥', 5],
    advice: 'With the throughput as it is, send fewer at once, or raise replicas',
  },
  {
    id: 'memory',
    figure: 'memory of Redis, highest increase',
    unit: 'MB',
    of: ({ memory }) => times(memory, 1 / MB),
    expected: ['<', 2],
    acceptable: ['<', 5],
    bad: ['>', 10],
    advice: 'Other tenants of this Redis may have sent at the same time; else results or arguments are large',
  },
  {
    id: 'cpu',
    figure: 'processor of Redis in the burst',
    unit: '%',
    of: ({ cpu }) => times(cpu, PERCENT),
    expected: ['<', 50],
    acceptable: ['<', 80],
    bad: ['>', 90],
    advice: 'Redis has one core: give the tenant a Redis of its own, or raise its CPU',
  },
];
