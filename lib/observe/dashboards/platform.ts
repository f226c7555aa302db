// All tenants and brokers of an environment: is anything wrong, whose tasks suffer, how are the brokers.

import type { Dashboard, Panel } from './dashboard';

/** How many rows or lines show who is worst off. */
const WORST = 15;

/** Against what the tenant promises: 1 spends exactly the budget of its month, 14.4 spends it in two days. */
const burn = (title: string, bad: string, slo: string, asks: string): Panel => ({
  title,
  asks,
  kind: 'table',
  unit: 'short',
  queries: [
    {
      expr: `topk(${WORST}, max by (tenant) (tenant:stalk_tasks_${bad}:ratio1h{$here}) / on (tenant) (1 - max by (tenant) (stalk_slo_objective{$here, slo="${slo}"}) / 100))`,
    },
  ],
  limits: { warning: 1, critical: 14.4 },
});

const firing = (severity: string): string =>
  `count(ALERTS{$here, alertstate="firing", severity="${severity}"}) or vector(0)`;

export const platformDashboard: Dashboard = {
  uid: 'stalk-platform',
  title: 'Stalk / Platform',
  about: 'All tenants and brokers of an environment. Open a tenant or a broker from the links above.',
  choices: ['environment'],
  rows: [
    {
      title: 'Is anything wrong?',
      panels: [
        {
          title: 'Pages',
          asks: 'Does anything need a person now? Alerts of severity critical that fire.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: firing('critical') }],
          limits: { critical: 1 },
        },
        {
          title: 'Warnings',
          asks: 'Does anything need a person in the morning? Alerts of severity warning that fire.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: firing('warning') }],
          limits: { warning: 1, critical: 10 },
        },
        {
          title: 'Targets that do not answer',
          asks: 'Can the other panels be believed? Pods whose metrics Prometheus could not read.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: 'sum(up{$here, job=~"stalk-.+"} == bool 0)' }],
          limits: { critical: 1 },
        },
        {
          title: 'Tasks a minute',
          asks: 'How much work is done? Tasks that ended, well or not, over the last 5 minutes.',
          kind: 'number',
          unit: 'cpm',
          queries: [{ expr: 'sum(tenant:stalk_tasks_done:rate5m{$here}) * 60' }],
        },
        {
          title: 'What fires',
          asks: 'Which alerts fire, and whose are they? The runbook of each has its name.',
          kind: 'table',
          unit: 'short',
          queries: [
            {
              expr: 'sum by (severity, alertname, tenant, broker) (ALERTS{$here, alertstate="firing"})',
            },
          ],
        },
      ],
    },
    {
      title: 'Whose tasks suffer?',
      panels: [
        burn(
          'Tasks that fail, against what is promised',
          'failed',
          'succeed',
          'Who fails more than objectives.succeed allows? Over the last hour; at 1 the budget lasts a month, at 14.4 two days.',
        ),
        burn(
          'Tasks that start late, against what is promised',
          'late',
          'start-in-time',
          'Who starts later than objectives.startInTime allows? Over the last hour, read like the one beside it.',
        ),
        {
          title: 'Deepest queues',
          asks: 'Where do messages pile up?',
          kind: 'graph',
          unit: 'short',
          queries: [
            {
              expr: `topk(${WORST}, max by (tenant, queue) (stalk_queue_messages{$here}))`,
              legend: '{{tenant}} {{queue}}',
            },
          ],
        },
        {
          title: 'Oldest messages',
          asks: 'Who waits longest? Age of the oldest message in a queue.',
          kind: 'graph',
          unit: 's',
          queries: [
            {
              expr: `topk(${WORST}, max by (tenant, queue) (stalk_queue_oldest_seconds{$here}))`,
              legend: '{{tenant}} {{queue}}',
            },
          ],
        },
      ],
    },
    {
      title: 'How are the brokers?',
      panels: [
        {
          title: 'Memory',
          asks: 'Which broker is about to refuse tasks? Share of maxmemory that is used.',
          kind: 'graph',
          unit: 'percentunit',
          queries: [
            {
              expr: 'max by (broker) (redis_memory_used_bytes{$here, job="stalk-redis"} / (redis_memory_max_bytes{$here, job="stalk-redis"} > 0))',
              legend: '{{broker}}',
            },
          ],
          limits: { warning: 0.8, critical: 0.95 },
        },
        {
          title: 'Connections',
          asks: 'Which broker is about to refuse connections?',
          kind: 'graph',
          unit: 'short',
          queries: [
            {
              expr: 'max by (broker) (redis_connected_clients{$here, job="stalk-redis"})',
              legend: '{{broker}}',
            },
          ],
        },
        {
          title: 'Commands a minute',
          asks: 'Which broker works hardest? Redis uses one core for them.',
          kind: 'graph',
          unit: 'cpm',
          queries: [
            {
              expr: 'sum by (broker) (rate(redis_commands_processed_total{$here, job="stalk-redis"}[$__rate_interval])) * 60',
              legend: '{{broker}}',
            },
          ],
        },
        {
          title: 'Messages that wait',
          asks: 'What would be lost with the broker?',
          kind: 'graph',
          unit: 'short',
          queries: [{ expr: 'broker:stalk_queue_messages:sum{$here}', legend: '{{broker}}' }],
        },
      ],
    },
  ],
};
