/** Defects in what watches tenants and brokers. */
import { inFile } from './defect';
import type { Room } from './defect';

export const observe: Room = {
  name: 'observe',
  tests: ['laws/laws.test.ts', 'observe', 'redis/exporter.test.ts'],
  defects: [
    ...inFile('lib/traits/metrics.ts', [
      'everybody reaches the metrics',
      'ingress: [{ from: [peer(prometheus)], ports: tcpNamed(METRICS) }],',
      'ingress: [{ ports: tcpNamed(METRICS) }],',
      /Prometheus metrics; nobody else/,
    ]),
    ...inFile(
      'lib/observe/targets.ts',
      [
        'series do not say their pool',
        "into('pool', [COMPONENT, INSTANCE], 'worker;worker-(.+)', '$1'),",
        '',
        /the series of every target say its job, and whose tenant, broker and pool it is/,
      ],
      [
        'nobody scrapes sentinels',
        "'cache', 'sentinel', 'queues'] as const;",
        "'cache', 'queues'] as const;",
        /every port named metrics of Stalk’s own is scraped by exactly one monitor/,
      ],
    ),
    ...inFile('lib/plan/redis/exporter.ts', [
      'redis_exporter reads the password of replicas',
      "{ name: 'REDIS_EXPORTER_CONFIG_COMMAND', value: '-' },",
      '',
      /asks for no configuration/,
    ]),
    ...inFile('lib/redis/exporter.ts', [
      'redis_exporter may read keys',
      '`resetkeys resetchannels -@all +',
      '`~* resetchannels -@all +',
      /the user of redis_exporter may ask how a Redis is, and nothing else/,
    ]),
    ...inFile('lib/observe/alerts/queue.ts', [
      'an alert asks for a metric that nobody has',
      '> max ${BY} (stalk_queue_messages_limit)',
      '> max ${BY} (stalk_queue_limit)',
      /asks for series and labels that exist: QueueTooDeep/,
    ]),
    ...inFile('lib/observe/dashboards/tenant.ts', [
      'a panel shows the tasks of all tenants',
      'sum by (outcome) (rate(stalk_tasks_total{$here}[',
      'sum by (outcome) (rate(stalk_tasks_total[',
      /asks for what was chosen only/,
    ]),
  ],
};
