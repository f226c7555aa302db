// A load test as a report: a check for each figure, the rest as a table, and how it went as charts.

import type { Chart, Check, Report, Section } from '../report';
import { figuresOf } from './figures';
import type { Measurement, Phase } from './measurement';
import { type Timing, percentile, timingsOf } from './timings';
import { type Row, NONE, details, rowsOf } from './verdicts';

export interface ReportProps {
  readonly tenant: string;
  readonly environment: string;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly seconds: number;
}

export function reportOf(measured: Measurement, props: ReportProps): Report {
  const { tenant, ...about } = props;
  const { load } = measured;
  const figures = figuresOf(measured);
  const rows = rowsOf(figures);
  const section: Section = {
    id: tenant,
    title: `Load on ${tenant}, queue ${load.queue}`,
    checks: rows.map((row) => checkOf(row, tenant, props.seconds)),
    tables: [
      {
        title: 'Figures beside their thresholds',
        head: ['figure', 'measured', 'expected', 'acceptable', 'needs investigation', 'verdict'],
        rows: rows.map((r) => [r.figure, r.measured, r.expected, r.acceptable, r.investigate, r.verdict]),
      },
      { title: 'Beside that', head: ['what', 'measured'], rows: details(figures) },
    ],
    charts: chartsOf(load.phases),
  };
  return { title: `Load test of ${tenant}`, ...about, tenants: [tenant], sections: [section] };
}

/** Poor is no failure: the thresholds of the reference systems leave it open. */
const checkOf = (
  { figure, measured, expected, acceptable, investigate, verdict, id }: Row,
  subject: string,
  seconds: number,
): Check => ({
  id: `load.${id}`,
  subject: `${subject} ${figure}`,
  expected: acceptable === NONE ? expected : `${expected}, acceptable ${acceptable}`,
  found: verdict === 'not measured' ? 'not measured' : `${measured}: ${verdict}`,
  verdict: verdict === 'not measured' ? 'skipped' : verdict === 'needs investigation' ? 'failed' : 'ok',
  seconds,
  ...(verdict === 'needs investigation' && { detail: `${investigate} needs investigation: docs/load.md` }),
});

/** Points of a line: as many as a chart shows, and a Markdown table bears. */
const POINTS = 25;

export function chartsOf(phases: readonly Phase[]): readonly Chart[] {
  const answered = phases
    .filter(({ name }) => name !== 'first')
    .map((phase) => ({ name: phase.name, timings: timingsOf(phase) }))
    .filter(({ timings }) => timings.length > 0);
  const per = (of: (timings: readonly Timing[]) => Points) =>
    answered.map(({ name, timings }) => ({ name, points: of(timings) }));
  return [
    {
      title: 'Time to the answer, how many tasks took how long',
      x: 'milliseconds',
      y: 'tasks',
      series: per(histogram),
    },
    {
      title: 'Time to the answer, share of tasks within',
      x: 'milliseconds',
      y: '% of tasks',
      series: per(shares),
    },
    { title: 'Tasks waiting in the queue', x: 'seconds since the first', y: 'tasks', series: per(waiting) },
    { title: 'Throughput', x: 'seconds since the first', y: 'answers a second', series: per(throughput) },
  ];
}

type Points = readonly (readonly [x: number, y: number])[];

const milliseconds = (timings: readonly Timing[]): number[] =>
  timings.map(({ sent, answered }) => (answered - sent) * 1000);

const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0);

const grid = (end: number): number[] => Array.from({ length: POINTS + 1 }, (_, i) => (end * i) / POINTS);

const rounded = (value: number): number => Number(value.toPrecision(4));

function histogram(timings: readonly Timing[]): Points {
  const took = milliseconds(timings);
  const width = most(took) / POINTS;
  return grid(most(took))
    .slice(1)
    .map((end) => [rounded(end), took.filter((ms) => ms <= end && ms > end - width).length]);
}

function shares(timings: readonly Timing[]): Points {
  const took = milliseconds(timings);
  return grid(100)
    .slice(1)
    .map((share) => [rounded(Number(percentile(took, share / 100))), share]);
}

/** Sent and not yet begun. */
const waiting = (timings: readonly Timing[]): Points =>
  grid(most(timings.map(({ answered }) => answered))).map((at) => [
    rounded(at),
    timings.filter(({ sent, started }) => sent <= at && started > at).length,
  ]);

function throughput(timings: readonly Timing[]): Points {
  const at = timings.map(({ answered }) => answered);
  const width = most(at) / POINTS;
  return grid(most(at))
    .slice(1)
    .map((end) => [rounded(end), rounded(at.filter((t) => t <= end && t > end - width).length / width)]);
}
