// A load test as a report: a check for each figure, the rest as a table, and how it went as charts.

import type { Chart, Check, CheckVerdict, Report, Section } from '../report';
import { figuresOf } from './figures';
import type { Figures } from './figures';
import type { Measurement, Phase } from './measurement';
import { type Timing, percentile, timingsOf } from './timings';
import { type Row, NONE, details, rowsOf } from './verdicts';

export interface ReportProps {
  readonly tenant: string;
  readonly environment: string;
  /** Context and address. */
  readonly cluster: string;
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
    checks: rows.map((row) => paced(checkOf(row, tenant, props.seconds), figures)),
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
const VERDICTS: Readonly<Record<Row['verdict'], CheckVerdict>> = {
  'as expected': 'ok',
  acceptable: 'ok',
  poor: 'poor',
  'needs investigation': 'failed',
  'not measured': 'skipped',
};

const checkOf = (
  { figure, measured, expected, acceptable, investigate, verdict, advice, id }: Row,
  subject: string,
  seconds: number,
): Check => ({
  id: `load.${id}`,
  subject: `${subject} ${figure}`,
  expected: acceptable === NONE ? expected : `${expected}, acceptable ${acceptable}`,
  found: verdict === 'not measured' ? 'not measured' : `${measured}: ${verdict}`,
  verdict: VERDICTS[verdict],
  seconds,
  ...(['poor', 'failed'].includes(VERDICTS[verdict]) && {
    detail: `${investigate} needs investigation. ${advice}; see docs/load.md`,
  }),
});

/** Of the burst: a pace below it leaves the worker time between two tasks. */
const UNHURRIED = 0.8;

/** A pace above what the burst managed only fills the queue, and says nothing of how long a task waits. */
function paced(check: Check, { pace, throughput }: Figures): Check {
  if (check.id !== 'load.queue-time' || pace === undefined || throughput === undefined || pace <= throughput)
    return check;
  const rate = Math.max(1, Math.floor(throughput * UNHURRIED));
  const wanted = `paced at ${pace.toFixed(1)} tasks/s, more than the ${throughput.toFixed(1)} of the burst`;
  return {
    ...check,
    verdict: 'poor',
    found: `${check.found.split(':')[0]}: not judged, ${wanted}`,
    detail: `The queue grows for as long as tasks come faster than they are done. Measure again with --rate ${rate}.`,
  };
}

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
