// Workers and what becomes of tasks.

import { type AlertCase, type Firing, type Series, queues, worker } from './case';

const acme = { broker: 'main', tenant: 'acme' };

const objective = (slo: string, percent: number, minutes: number): Series => ({
  [queues('stalk_slo_objective', { tenant: 'acme', slo })]: `${percent}x${minutes}`,
});

const tasks = (outcome: string): string => worker('stalk_tasks_total', { task: 'send', outcome });

const failing = (alert: string, at: string, share: string): Firing => ({
  alert,
  at,
  labels: acme,
  summary: `Tenant acme: ${share} of its tasks ${alert === 'TasksFail' ? 'fail' : 'have failed for hours'}`,
});

const waits = (part: string, more: Readonly<Record<string, string>> = {}): string =>
  worker(`stalk_task_wait_seconds_${part}`, { queue: 'emails', ...more });

const limit = (seconds: number, minutes: number): Series => ({
  [queues('stalk_queue_oldest_limit_seconds', { tenant: 'acme', queue: 'emails' })]: `${seconds}x${minutes}`,
});

export const workerCases: readonly AlertCase[] = [
  {
    title: 'a worker that lives and takes nothing, and its neighbour that works',
    series: {
      [worker('stalk_worker_consuming')]: '1x5 0x10 1x10',
      [worker('stalk_worker_consuming', { pod: 'worker-default-5d-x2' })]: '1x30',
    },
    fires: [
      {
        alert: 'WorkerDeaf',
        at: '12m',
        labels: { ...acme, pool: 'default', pod: 'worker-default-5d-x1' },
        summary: 'Tenant acme: worker-default-5d-x1 of pool default runs and takes no tasks',
      },
    ],
    silent: [{ alert: 'WorkerDeaf', at: ['5m', '10m', '17m'] }],
  },
  {
    title: 'tasks that begin again in a pod that has just started',
    series: {
      [queues('stalk_visibility_timeout_seconds', { tenant: 'acme' })]: '3600x60',
      [worker('stalk_tasks_redelivered_total', { task: 'send', queue: 'emails' })]: '0x60',
      [worker('stalk_tasks_redelivered_total', {
        task: 'send',
        queue: 'emails',
        pod: 'worker-default-5d-x9',
      })]: '_x21 2x40',
    },
    fires: [
      {
        alert: 'TasksBeginAgain',
        at: '22m',
        labels: { ...acme, queue: 'emails' },
        summary: 'Tenant acme: tasks of queue emails began again',
      },
    ],
    silent: [{ alert: 'TasksBeginAgain', at: ['20m', '32m'] }],
  },
  {
    title: 'tasks that began again before this Prometheus was there',
    series: {
      [queues('stalk_visibility_timeout_seconds', { tenant: 'acme' })]: '3600x60',
      [worker('stalk_tasks_redelivered_total', { task: 'send', queue: 'emails' })]: '7x60',
    },
    fires: [],
    silent: [{ alert: 'TasksBeginAgain', at: ['1m', '9m', '11m', '20m'] }],
  },
  {
    title: 'a tenant all of whose tasks fail after a good hour, until they are well again',
    series: {
      ...objective('succeed', 99, 120),
      [tasks('succeeded')]: '0+10x60 600x20 610+10x40',
      [tasks('failed')]: '0x60 10+10x20 210x40',
    },
    fires: [failing('TasksFail', '80m', '29.51%')],
    silent: [
      { alert: 'TasksFail', at: ['60m', '65m', '118m'] },
      { alert: 'TasksFailSometimes', at: ['60m'] },
    ],
  },
  {
    title: 'one in fifty that fails for hours, until it is mended',
    series: {
      ...objective('succeed', 99, 600),
      [tasks('succeeded')]: '0+49x120 5880+50x480',
      [tasks('failed')]: '0+1x120 120x480',
    },
    fires: [failing('TasksFailSometimes', '2h', '2%')],
    silent: [
      { alert: 'TasksFail', at: ['2h'] },
      { alert: 'TasksFailSometimes', at: ['10m', '8h30m'] },
    ],
  },
  {
    title: 'one in twenty-five that fails for an hour of five, and no more',
    series: {
      ...objective('succeed', 99, 330),
      [tasks('succeeded')]: '0+25x240 6000+24x60 7440+25x30',
      [tasks('failed')]: '0x240 0+1x60 60x30',
    },
    fires: [],
    silent: ['TasksFail', 'TasksFailSometimes'].map((alert) => ({ alert, at: ['4h30m', '5h', '5h30m'] })),
  },
  {
    title: 'a tenant that promises less, with three in ten that fail',
    series: {
      ...objective('succeed', 94, 120),
      [tasks('succeeded')]: '0+70x120',
      [tasks('failed')]: '0+30x120',
    },
    fires: [],
    silent: [{ alert: 'TasksFail', at: ['60m', '100m'] }],
  },
  {
    title: 'the same with a tenant that promises 99 in a hundred',
    series: {
      ...objective('succeed', 99, 120),
      [tasks('succeeded')]: '0+70x60 4270+100x60',
      [tasks('failed')]: '0+30x60 1800x60',
    },
    fires: [failing('TasksFail', '60m', '30%')],
    silent: [{ alert: 'TasksFail', at: ['100m'] }],
  },
  {
    title: 'a few tasks of a quiet tenant that all fail',
    series: {
      ...objective('succeed', 99, 120),
      [tasks('succeeded')]: '0x120',
      [tasks('failed')]: '0x20 1x20 2x20 3x60',
    },
    fires: [],
    silent: [{ alert: 'TasksFail', at: ['22m', '45m', '70m'] }],
  },
  {
    title: 'a tenant without tasks',
    series: { ...objective('succeed', 99, 120), [tasks('succeeded')]: '7x120', [tasks('failed')]: '3x120' },
    fires: [],
    silent: [
      { alert: 'TasksFail', at: ['60m'] },
      { alert: 'TasksFailSometimes', at: ['60m'] },
    ],
  },
  {
    title: 'retries, which end later',
    series: {
      ...objective('succeed', 99, 120),
      [tasks('succeeded')]: '0+10x120',
      [tasks('retried')]: '0+30x120',
      [tasks('failed')]: '0x120',
    },
    fires: [],
    silent: [{ alert: 'TasksFail', at: ['60m'] }],
  },
  {
    title: 'a tenant half of whose tasks start later than its queue may wait, then in time again',
    series: {
      ...objective('start-in-time', 99, 120),
      ...limit(60, 120),
      [waits('bucket', { le: '30.0' })]: '0x120',
      [waits('bucket', { le: '60.0' })]: '0+10x60 610+20x60',
      [waits('bucket', { le: '120.0' })]: '0+20x120',
      [waits('bucket', { le: '+Inf' })]: '0+20x120',
      [waits('count')]: '0+20x120',
    },
    fires: [
      {
        alert: 'TasksStartLate',
        at: '40m',
        labels: acme,
        summary: 'Tenant acme: 50% of its tasks start late',
      },
      {
        alert: 'TasksStartLateSometimes',
        at: '40m',
        labels: acme,
        summary: 'Tenant acme: 50% of its tasks have started late for hours',
      },
    ],
    silent: [{ alert: 'TasksStartLate', at: ['115m'] }],
  },
  {
    title: 'a tenant some of whose tasks start late for hours, until its workers are more',
    series: {
      ...objective('start-in-time', 99, 600),
      ...limit(600, 600),
      [waits('bucket', { le: '600.0' })]: '0+19x120 2300+20x480',
      [waits('count')]: '0+20x600',
    },
    fires: [
      {
        alert: 'TasksStartLateSometimes',
        at: '2h',
        labels: acme,
        summary: 'Tenant acme: 5% of its tasks have started late for hours',
      },
    ],
    silent: [
      { alert: 'TasksStartLate', at: ['2h'] },
      { alert: 'TasksStartLateSometimes', at: ['8h30m'] },
    ],
  },
  {
    title: 'tasks that wait less than a time that is no bound, rounded up',
    series: {
      ...objective('start-in-time', 99, 120),
      ...limit(400, 120),
      [waits('bucket', { le: '300.0' })]: '0x120',
      [waits('bucket', { le: '600.0' })]: '0+20x120',
      [waits('count')]: '0+20x120',
    },
    fires: [],
    silent: [{ alert: 'TasksStartLate', at: ['60m'] }],
  },
  {
    title: 'tasks that may wait longer than all bounds, and those of a queue that nobody promised',
    series: {
      ...objective('start-in-time', 99, 120),
      ...limit(86_400, 120),
      [waits('bucket', { le: '1800.0' })]: '0x120',
      [waits('bucket', { le: '+Inf' })]: '0+20x120',
      [waits('count')]: '0+20x120',
      [waits('bucket', { queue: 'other', le: '600.0' })]: '0x120',
      [waits('count', { queue: 'other' })]: '0+20x120',
    },
    fires: [],
    silent: [{ alert: 'TasksStartLate', at: ['60m'] }],
  },
];
