// Alerts of a tenant's workers and tasks; objectives are each tenant's own.

import type { AlertGroup } from '../alert';
import { promql } from './promql';

/** How many times faster than its objective allows a tenant uses up what may go wrong. */
interface Burn {
  readonly times: number;
  readonly long: string;
  readonly short: string;
}

/** @see https://sre.google/workbook/alerting-on-slos/ (6) */
const PAGES: readonly Burn[] = [
  { times: 14.4, long: '1h', short: '5m' },
  { times: 6, long: '6h', short: '30m' },
];
const TICKETS: readonly Burn[] = [
  { times: 3, long: '1d', short: '2h' },
  { times: 1, long: '3d', short: '6h' },
];

interface Objective {
  /** Of its recordings: the tasks that go wrong, and all of them. */
  readonly bad: string;
  readonly all: string;
  /** Of `stalk_slo_objective`. */
  readonly slo: 'succeed' | 'start-in-time';
}

const SUCCEED: Objective = { bad: 'failed', all: 'done', slo: 'succeed' };
const START: Objective = { bad: 'late', all: 'begun', slo: 'start-in-time' };

/** Fewer tasks in the long window say nothing about a share. */
const ENOUGH = 20;

function burns({ bad, all, slo }: Objective, rates: readonly Burn[]): string {
  const allowed = `(1 - max by (tenant) (stalk_slo_objective{slo="${slo}"}) / 100)`;
  const one = ({ times, long, short }: Burn): string => promql`
    tenant:stalk_tasks_${bad}:ratio${long} > on (tenant) group_left () ${times} * ${allowed}
    and tenant:stalk_tasks_${bad}:ratio${short} > on (tenant) group_left () ${times} * ${allowed}
    and tenant:stalk_tasks_${all}:count${long} > ${ENOUGH}`;
  return rates.map(one).join('\nor\n');
}

export const workerAlerts: AlertGroup = {
  name: 'worker',
  alerts: [
    {
      name: 'WorkerDeaf',
      expr: promql`
      max by (broker, tenant, pool, pod) (stalk_worker_consuming) == 0`,
      for: '5m',
      severity: 'critical',
      summary:
        'Tenant {{ $labels.tenant }}: {{ $labels.pod }} of pool {{ $labels.pool }} runs and takes no tasks',
      description:
        'The worker lives and has no consumer at the broker. Tasks are safe; those it would take wait for another pod.',
    },
    {
      name: 'TasksBeginAgain',
      // A pod that has just started sees its first deliveries before the first scrape: they count where the tenant is known.
      expr: promql`
      sum by (broker, tenant, queue) (
        increase(stalk_tasks_redelivered_total[10m]) > 0
        or (stalk_tasks_redelivered_total > 0 unless stalk_tasks_redelivered_total offset 10m)
          and on (tenant) (stalk_visibility_timeout_seconds offset 10m)
      )`,
      severity: 'info',
      summary: 'Tenant {{ $labels.tenant }}: tasks of queue {{ $labels.queue }} began again',
      description:
        'A worker was lost while it held them. Tasks run twice, or once and a half: they have to be idempotent.',
    },
    {
      name: 'TasksFail',
      expr: burns(SUCCEED, PAGES),
      for: '2m',
      severity: 'critical',
      summary: 'Tenant {{ $labels.tenant }}: {{ $value | humanizePercentage }} of its tasks fail',
      description: 'So many that its objective is lost within days. These tasks are done, without success.',
    },
    {
      name: 'TasksFailSometimes',
      expr: burns(SUCCEED, TICKETS),
      for: '15m',
      severity: 'warning',
      summary:
        'Tenant {{ $labels.tenant }}: {{ $value | humanizePercentage }} of its tasks have failed for hours',
      description: 'More than its objective allows over days. These tasks are done, without success.',
    },
    {
      name: 'TasksStartLate',
      expr: burns(START, PAGES),
      for: '2m',
      severity: 'critical',
      summary: 'Tenant {{ $labels.tenant }}: {{ $value | humanizePercentage }} of its tasks start late',
      description: 'So many that its objective is lost within days. Tasks are safe and late.',
    },
    {
      name: 'TasksStartLateSometimes',
      expr: burns(START, TICKETS),
      for: '15m',
      severity: 'warning',
      summary:
        'Tenant {{ $labels.tenant }}: {{ $value | humanizePercentage }} of its tasks have started late for hours',
      description: 'More than its objective allows over days. Tasks are safe and late.',
    },
  ],
};
