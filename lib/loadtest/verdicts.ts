// The figures of a load test beside their thresholds, and what to think of each.

import type { Figures, Spread } from './figures';
import { type Bound, type Threshold, THRESHOLDS } from './thresholds';

/** The thresholds leave a gap between acceptable and what needs investigation: `poor`. */
export type Verdict = 'as expected' | 'acceptable' | 'poor' | 'needs investigation' | 'not measured';

/** One line of the report, ready to be shown. */
export interface Row {
  readonly id: string;
  readonly figure: string;
  readonly measured: string;
  readonly expected: string;
  readonly acceptable: string;
  readonly investigate: string;
  readonly verdict: Verdict;
  /** What to do where it is not as expected. */
  readonly advice: string;
}

export const NONE = '-';

/** A threshold in words. */
export type Bounds = Pick<Row, 'figure' | 'expected' | 'acceptable' | 'investigate'>;

export const boundsOf = ({ figure, unit, expected, acceptable, bad }: Threshold): Bounds => {
  const text = (bound: Bound): string => `${bound[0]} ${bound[1]} ${unit}`;
  return {
    figure,
    expected: text(expected),
    acceptable: acceptable ? text(acceptable) : NONE,
    investigate: text(bad),
  };
};

export const rowsOf = (figures: Figures): Row[] => THRESHOLDS.map((threshold) => row(threshold, figures));

/** Whether nothing needs investigation; what could not be measured does not fail. */
export const holds = (rows: readonly Row[]): boolean =>
  rows.every(({ verdict }) => verdict !== 'needs investigation');

function row(threshold: Threshold, figures: Figures): Row {
  const value = threshold.of(figures);
  return {
    id: threshold.id,
    ...boundsOf(threshold),
    advice: threshold.advice,
    measured: value === undefined ? NONE : `${shown(threshold, value)} ${threshold.unit}`,
    verdict: verdict(threshold, value),
  };
}

function verdict({ expected, acceptable, bad }: Threshold, value: number | undefined): Verdict {
  if (value === undefined) return 'not measured';
  if (within(value, expected)) return 'as expected';
  if (acceptable && within(value, acceptable)) return 'acceptable';
  return within(value, bad) ? 'needs investigation' : 'poor';
}

function within(value: number, [is, bound]: Bound): boolean {
  switch (is) {
    case '<':
      return value < bound;
    case '>':
      return value > bound;
    case '≥':
      return value >= bound;
  }
}

/** With as many digits as it takes to stay on its side of a border. */
function shown(threshold: Threshold, value: number): string {
  const said = verdict(threshold, value);
  const digits = [digitsOf(value), 3, 4, 5, 6].find(
    (n) => verdict(threshold, Number(value.toFixed(n))) === said,
  );
  return digits === undefined ? String(value) : value.toFixed(digits);
}

/** Three in all say enough. */
const digitsOf = (value: number): number => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** More about the same load, which nothing is expected of. */
export function details(figures: Figures): [name: string, measured: string][] {
  const { sent, answered, queueTime, latency, memoryOfConnections, memoryAfter } = figures;
  return [
    ['tasks answered, of those sent', `${answered} of ${sent}`],
    ['queue time when paced: p50, p95, p99, most', spread(queueTime)],
    ['time to the answer in the burst: p50, p95, p99, most', spread(latency)],
    ['memory of Redis for the connections of the load', megabytes(memoryOfConnections)],
    ['memory of Redis at the end, more than before', megabytes(memoryAfter)],
  ];
}

const spread = (of: Spread | undefined): string =>
  of ? `${[of.p50, of.p95, of.p99, of.max].map((s) => (s * 1000).toFixed(1)).join(', ')} ms` : NONE;

const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? NONE : `${(bytes / 1e6).toFixed(2)} MB`;
