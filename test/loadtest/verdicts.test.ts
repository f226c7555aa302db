import type { Figures } from '../../lib/loadtest/figures';
import { THRESHOLDS } from '../../lib/loadtest/thresholds';
import { type Verdict, details, holds, rowsOf } from '../../lib/loadtest/verdicts';

const even = (seconds: number) => ({ mean: seconds, p50: seconds, p95: seconds, p99: seconds, max: seconds });

/** As measured on two cores, with 210 tasks. */
const GOOD: Figures = {
  sent: 210,
  answered: 210,
  pace: 20,
  throughput: 330,
  queueTime: { mean: 0.003, p50: 0.002, p95: 0.006, p99: 0.02, max: 0.03 },
  latency: { mean: 0.15, p50: 0.131, p95: 0.25, p99: 0.28, max: 0.3 },
  memory: 900_000,
  memoryOfConnections: 1_100_000,
  memoryAfter: 130_000,
  cpu: 0.0389,
};

const verdictOf = (figure: RegExp, different: Partial<Figures>) => {
  const found = rowsOf({ ...GOOD, ...different }).filter((row) => figure.test(row.figure));
  expect(found).toHaveLength(1);
  return found[0]?.verdict;
};

describe('a figure of a load test', () => {
  const cases: readonly (readonly [RegExp, Partial<Figures>, Verdict])[] = [
    [/answered/, { sent: 1000, answered: 1000 }, 'as expected'],
    [/answered/, { sent: 1000, answered: 950 }, 'as expected'],
    [/answered/, { sent: 1000, answered: 949 }, 'needs investigation'],
    [/answered/, { sent: 10, answered: 0 }, 'needs investigation'],
    [/throughput/, { throughput: 50.1 }, 'as expected'],
    [/throughput/, { throughput: 50 }, 'acceptable'],
    [/throughput/, { throughput: 20.1 }, 'acceptable'],
    [/throughput/, { throughput: 20 }, 'poor'],
    [/throughput/, { throughput: 10 }, 'poor'],
    [/throughput/, { throughput: 9.9 }, 'needs investigation'],
    [/queue time/, { queueTime: { ...even(9), p95: 0.0099 } }, 'as expected'],
    [/queue time/, { queueTime: even(0.01) }, 'acceptable'],
    [/queue time/, { queueTime: even(0.0499) }, 'acceptable'],
    [/queue time/, { queueTime: even(0.05) }, 'poor'],
    [/queue time/, { queueTime: even(0.1) }, 'poor'],
    [/queue time/, { queueTime: even(0.1001) }, 'needs investigation'],
    [/answer in the burst/, { latency: { ...even(9), mean: 4.99 } }, 'as expected'],
    [/answer in the burst/, { latency: even(5) }, 'needs investigation'],
    [/memory/, { memory: 1_999_999 }, 'as expected'],
    [/memory/, { memory: 2_000_000 }, 'acceptable'],
    [/memory/, { memory: 4_999_999 }, 'acceptable'],
    [/memory/, { memory: 5_000_000 }, 'poor'],
    [/memory/, { memory: 10_000_000 }, 'poor'],
    [/memory/, { memory: 10_000_001 }, 'needs investigation'],
    [/processor/, { cpu: 0.499 }, 'as expected'],
    [/processor/, { cpu: 0.5 }, 'acceptable'],
    [/processor/, { cpu: 0.799 }, 'acceptable'],
    [/processor/, { cpu: 0.8 }, 'poor'],
    [/processor/, { cpu: 0.9 }, 'poor'],
    [/processor/, { cpu: 0.901 }, 'needs investigation'],
    [/processor/, { cpu: undefined }, 'not measured'],
    [/memory/, { memory: undefined }, 'not measured'],
    [/throughput/, { throughput: undefined }, 'not measured'],
  ];

  it.each(cases)('%s of %j is %s', (figure, different, verdict) => {
    expect(verdictOf(figure, different)).toBe(verdict);
  });

  it('has a case at each border', () => {
    const named = (threshold: (typeof THRESHOLDS)[number]) =>
      cases.filter(([figure, , verdict]) => figure.test(threshold.figure) && verdict !== 'not measured')
        .length;

    THRESHOLDS.forEach((threshold) =>
      expect([threshold.figure, named(threshold)]).toEqual([threshold.figure, expect.any(Number)]),
    );
    THRESHOLDS.forEach((threshold) =>
      expect(named(threshold)).toBeGreaterThanOrEqual(threshold.acceptable ? 6 : 2),
    );
  });
});

describe('a load test', () => {
  it('holds while nothing needs investigation', () => {
    expect(holds(rowsOf(GOOD))).toBe(true);
    expect(holds(rowsOf({ ...GOOD, throughput: 15, memory: undefined }))).toBe(true);
    expect(holds(rowsOf({ ...GOOD, answered: 199 }))).toBe(false);
  });

  it('says what it measured beside what is expected, with units', () => {
    const [answered, throughput, , , memory] = rowsOf(GOOD);

    expect(answered).toMatchObject({
      id: 'answered',
      figure: 'tasks answered',
      measured: '100 %',
      expected: '≥ 95 %',
      acceptable: '-',
      investigate: '< 95 %',
      verdict: 'as expected',
    });
    expect(throughput).toMatchObject({ measured: '330 tasks/s', acceptable: '> 20 tasks/s' });
    expect(memory).toMatchObject({ measured: '0.90 MB', investigate: '> 10 MB' });
  });

  it('never rounds a figure onto the other side of its border', () => {
    const [answered] = rowsOf({ ...GOOD, sent: 100_000, answered: 94_999 });

    expect(answered).toMatchObject({ measured: '94.999 %', verdict: 'needs investigation' });
  });

  it('tells the rest without a judgement', () => {
    expect(details(GOOD)).toEqual([
      ['tasks answered, of those sent', '210 of 210'],
      ['queue time when paced: p50, p95, p99, most', '2.0, 6.0, 20.0, 30.0 ms'],
      ['time to the answer in the burst: p50, p95, p99, most', '131.0, 250.0, 280.0, 300.0 ms'],
      ['memory of Redis for the connections of the load', '1.10 MB'],
      ['memory of Redis at the end, more than before', '0.13 MB'],
    ]);
  });
});
