// Series that Prometheus works out ahead: shares over days from small series, sums, and whose a namespace is.

import type { Recording } from './alert';
import { promql } from './alerts/promql';

/** How often they are worked out: `count…` multiplies rates a second by it. */
export const RECORDED_EVERY = '1m';
const SECONDS = 60;

const SHARES = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
const COUNTS = ['1h', '6h', '1d', '3d'] as const;

/** Upper bounds of `stalk_task_wait_seconds`, as the loader has them, from the shortest time that may be promised on. */
export const WAIT_BOUNDS = [1, 3, 10, 30, 60, 120, 300, 600, 1200, 1800] as const;

const LIMIT = 'queue:stalk_queue_oldest_limit_seconds:max';

/** The first bound that is not below the limit; tasks of a queue that may wait longer than all bounds are never late. */
const roundedUp = [
  ...WAIT_BOUNDS.map((bound) => `(${LIMIT} <= ${bound}) * 0 + ${bound}`),
  `${LIMIT} * 0 + Inf`,
].join('\nor ');

const rates: readonly Recording[] = [
  {
    record: 'tenant:stalk_tasks_done:rate5m',
    expr: 'sum by (broker, tenant) (rate(stalk_tasks_total{outcome=~"succeeded|failed"}[5m]))',
  },
  {
    record: 'tenant:stalk_tasks_failed:rate5m',
    expr: promql`
      sum by (broker, tenant) (rate(stalk_tasks_total{outcome="failed"}[5m]))
      or on (broker, tenant) tenant:stalk_tasks_done:rate5m * 0`,
  },
  { record: LIMIT, expr: 'max by (tenant, queue) (stalk_queue_oldest_limit_seconds)' },
  {
    // The bucket that tells whether a task of the queue began in time: `le` is its label here, too.
    record: 'queue:stalk_wait_bound:le',
    expr: promql`
      count_values by (tenant, queue) ("le",
        ${roundedUp}
      )`,
  },
  {
    record: 'tenant:stalk_tasks_begun:rate5m',
    expr: promql`
      sum by (broker, tenant) (
        sum by (broker, tenant, queue) (rate(stalk_task_wait_seconds_count[5m]))
        and on (tenant, queue) queue:stalk_wait_bound:le
      )`,
  },
  {
    // Prometheus 3 writes bounds as 600.0, and so does the loader; count_values writes 600.
    record: 'tenant:stalk_tasks_late:rate5m',
    expr: promql`
      clamp_min(
        tenant:stalk_tasks_begun:rate5m - on (broker, tenant) sum by (broker, tenant) (
          label_replace(
            sum by (broker, tenant, queue, le) (rate(stalk_task_wait_seconds_bucket[5m])),
            "le", "$1", "le", "(.+)[.]0"
          )
          and on (tenant, queue, le) queue:stalk_wait_bound:le
        ),
        0
      )`,
  },
];

/** Sums of rates a minute: a share over days counts each task the same, and needs no series of a task or a pod. */
const share = (bad: string, all: string, window: string): Recording => ({
  record: `tenant:stalk_tasks_${bad}:ratio${window}`,
  expr:
    window === '5m'
      ? `tenant:stalk_tasks_${bad}:rate5m / tenant:stalk_tasks_${all}:rate5m`
      : promql`
        sum_over_time(tenant:stalk_tasks_${bad}:rate5m[${window}])
        / sum_over_time(tenant:stalk_tasks_${all}:rate5m[${window}])`,
});

const count = (all: string, window: string): Recording => ({
  record: `tenant:stalk_tasks_${all}:count${window}`,
  expr: `sum_over_time(tenant:stalk_tasks_${all}:rate5m[${window}]) * ${SECONDS}`,
});

const queues: readonly Recording[] = [
  {
    // Workers that take tasks from it now: a worker waits at each of its queues, and serves their histograms from its start.
    record: 'queue:stalk_consumers:count',
    expr: promql`
      count by (broker, tenant, queue) (
        stalk_task_wait_seconds_count and on (namespace, pod) stalk_worker_consuming == 1
      )`,
  },
  {
    record: 'tenant:stalk_queue_messages:sum',
    expr: 'sum by (broker, tenant) (max by (broker, tenant, queue) (stalk_queue_messages))',
  },
  {
    record: 'broker:stalk_queue_messages:sum',
    expr: 'sum by (broker) (tenant:stalk_queue_messages:sum)',
  },
];

const watched: Recording = {
  // A tenant's namespace has its name; a broker's, and that of a dedicated one, is where its Redis and its queues are read.
  record: 'namespace:stalk_watched:group',
  expr: promql`
    group by (namespace, broker, tenant) (up{job="stalk-redis"})
    or on (namespace) label_replace(
      group by (broker, tenant) (stalk_visibility_timeout_seconds),
      "namespace", "$1", "tenant", "(.+)"
    )
    or on (namespace) group by (namespace, broker) (up{job="stalk-queues"})`,
};

export const RECORDINGS: readonly Recording[] = [
  ...rates,
  ...SHARES.flatMap((window) => [share('failed', 'done', window), share('late', 'begun', window)]),
  ...COUNTS.flatMap((window) => [count('done', window), count('begun', window)]),
  ...queues,
  watched,
];
