// One tenant: are its tasks well, do they wait, are its workers and its beat there.

import type { Dashboard, Panel, Query } from './dashboard';

/** Each line is what happened, the other one what the tenant promised. */
const share = (title: string, bad: string, slo: string, asks: string): Panel => ({
  title,
  asks,
  kind: 'graph',
  unit: 'percentunit',
  queries: [
    { expr: `1 - tenant:stalk_tasks_${bad}:ratio1h{$here}`, legend: 'last hour' },
    { expr: `max(stalk_slo_objective{$here, slo="${slo}"}) / 100`, legend: 'promised' },
  ],
});

const quantiles = (metric: string, by: string): readonly Query[] =>
  ['0.5', '0.95'].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${metric}_bucket{$here}[$__rate_interval])))`,
    legend: `{{${by}}} ${quantile}`,
  }));

const byPool = (title: string, asks: string, metric: string): Panel => ({
  title,
  asks,
  kind: 'graph',
  unit: 'short',
  queries: [{ expr: `sum by (pool) (${metric}{$here})`, legend: '{{pool}}' }],
});

export const tenantDashboard: Dashboard = {
  uid: 'stalk-tenant',
  title: 'Stalk / Tenant',
  about: 'One tenant: its tasks, its queues, its workers and its beat.',
  choices: ['environment', 'tenant'],
  rows: [
    {
      title: 'Are its tasks well?',
      panels: [
        share(
          'Tasks that succeed',
          'failed',
          'succeed',
          'Does it hold objectives.succeed? Share of the tasks that ended in the last hour.',
        ),
        share(
          'Tasks that start in time',
          'late',
          'start-in-time',
          'Does it hold objectives.startInTime? Share of the tasks that began in the last hour.',
        ),
        {
          title: 'Tasks a minute, by how they ended',
          asks: 'What happens to its tasks? succeeded, failed, retried, rejected, revoked.',
          kind: 'graph',
          unit: 'cpm',
          queries: [
            {
              expr: 'sum by (outcome) (rate(stalk_tasks_total{$here}[$__rate_interval])) * 60',
              legend: '{{outcome}}',
            },
          ],
        },
        {
          title: 'Tasks that fail most',
          asks: 'Which tasks fail, over the chosen time?',
          kind: 'table',
          unit: 'short',
          queries: [
            {
              expr: 'topk(10, sum by (task) (increase(stalk_tasks_total{$here, outcome="failed"}[$__range])))',
            },
          ],
        },
        {
          title: 'Runtime of tasks',
          asks: 'How long do tasks take that succeed? Half of them, and 95 of 100, are faster than this.',
          kind: 'graph',
          unit: 's',
          queries: quantiles('stalk_task_runtime_seconds', 'task'),
        },
        {
          title: 'Tasks that begin again',
          asks: 'Which tasks ran twice, or will? A worker died, or lost its connection, or held them for too long.',
          kind: 'table',
          unit: 'short',
          queries: [
            { expr: 'topk(10, sum by (task) (increase(stalk_tasks_redelivered_total{$here}[$__range])))' },
          ],
        },
      ],
    },
    {
      title: 'Do they wait?',
      panels: [
        {
          title: 'Messages that wait',
          asks: 'How deep are its queues?',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'max by (queue) (stalk_queue_messages{$here})', legend: '{{queue}}' },
            { expr: 'min(stalk_queue_messages_limit{$here})', legend: 'smallest limit' },
          ],
        },
        {
          title: 'Oldest message',
          asks: 'How late is the next task of each queue?',
          kind: 'graph',
          unit: 's',
          queries: [
            { expr: 'max by (queue) (stalk_queue_oldest_seconds{$here})', legend: '{{queue}}' },
            { expr: 'min(stalk_queue_oldest_limit_seconds{$here})', legend: 'smallest limit' },
          ],
        },
        {
          title: 'Time to start',
          asks: 'How long did tasks wait that began? Half of them, and 95 of 100, waited less than this.',
          kind: 'graph',
          unit: 's',
          queries: quantiles('stalk_task_wait_seconds', 'queue'),
        },
        {
          title: 'Tasks taken a minute',
          asks: 'How fast do workers take tasks from each queue?',
          kind: 'graph',
          unit: 'cpm',
          queries: [
            {
              expr: 'sum by (queue) (rate(stalk_tasks_received_total{$here}[$__rate_interval])) * 60',
              legend: '{{queue}}',
            },
          ],
        },
        {
          title: 'Longest in hand',
          asks: 'Will a task run twice? Over the visibility timeout, a message goes back to its queue.',
          kind: 'graph',
          unit: 's',
          queries: [
            { expr: 'max(stalk_inhand_oldest_seconds{$here})', legend: 'oldest' },
            { expr: 'max(stalk_visibility_timeout_seconds{$here})', legend: 'visibility timeout' },
          ],
        },
      ],
    },
    {
      title: 'Are its workers there?',
      panels: [
        byPool(
          'Workers that consume',
          'Does each pool have workers that take tasks?',
          'stalk_worker_consuming',
        ),
        byPool('Tasks that run', 'Are the workers busy?', 'stalk_worker_tasks_active'),
        byPool(
          'Tasks that workers hold',
          'What would begin again if they died? Running ones, and those that wait in the worker.',
          'stalk_worker_tasks_reserved',
        ),
        {
          title: 'Messages not acknowledged',
          asks: 'How much do workers owe the broker, and how much may they hold?',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'sum(stalk_worker_owed{$here})', legend: 'owed' },
            { expr: 'sum(stalk_worker_prefetch{$here})', legend: 'may hold' },
          ],
        },
        {
          title: 'Reconnects',
          asks: 'Do workers lose the broker?',
          kind: 'graph',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (pool) (increase(stalk_worker_reconnects_total{$here}[$__rate_interval]))',
              legend: '{{pool}}',
            },
          ],
        },
        {
          title: 'Versions',
          asks: 'Which Celery and which loader does each pool run?',
          kind: 'table',
          unit: 'short',
          queries: [{ expr: 'count by (pool, celery, runtime) (stalk_worker_info{$here})' }],
        },
      ],
    },
    {
      title: 'Is its beat there?',
      panels: [
        {
          title: 'Last tick',
          asks: 'Does beat look at its schedule? Seconds since it did.',
          kind: 'graph',
          unit: 's',
          queries: [
            {
              expr: 'time() - max(stalk_beat_last_tick_timestamp_seconds{$here})',
              legend: 'since the last tick',
            },
          ],
          limits: { critical: 120 },
        },
        {
          title: 'Tasks that beat sent',
          asks: 'Did the nightly job go out, over the chosen time?',
          kind: 'table',
          unit: 'short',
          queries: [{ expr: 'sum by (entry) (increase(stalk_beat_sent_total{$here}[$__range]))' }],
        },
        {
          title: 'Tasks that beat could not send',
          asks: 'Which entries failed, over the chosen time?',
          kind: 'table',
          unit: 'short',
          queries: [{ expr: 'sum by (entry) (increase(stalk_beat_errors_total{$here}[$__range]))' }],
        },
      ],
    },
  ],
};
