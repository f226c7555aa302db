// The watch itself.

import { type AlertCase, queues, redis, worker } from './case';

const missing = (said: string): string => `Metrics are missing: ${said}`;

export const monitoringCases: readonly AlertCase[] = [
  {
    title: 'workers that Prometheus cannot scrape',
    series: {
      [worker('up')]: '1x5 0x10 1x10',
      [worker('up', { pod: 'worker-default-5d-x2' })]: '1x5 0x10 1x10',
      [queues('up')]: '1x30',
    },
    fires: [
      {
        alert: 'MetricsMissing',
        at: '12m',
        labels: { job: 'stalk-celery', broker: 'main', tenant: 'acme', pool: 'default' },
        summary: missing('broker main job stalk-celery pool default tenant acme'),
      },
    ],
    silent: [{ alert: 'MetricsMissing', at: ['5m', '10m', '17m'] }],
  },
  {
    title: 'a pool that should have pods and has none to scrape',
    series: {
      [queues('up')]: '1x30',
      [queues('stalk_expected_pool', { tenant: 'acme', pool: 'default' })]: '2x30',
      [queues('stalk_expected_pool', { tenant: 'acme', pool: 'nightly' })]: '0x30',
      [worker('up')]: '1x5 stale _x9 1x15',
    },
    fires: [
      {
        alert: 'MetricsMissing',
        at: '12m',
        labels: { broker: 'main', tenant: 'acme', pool: 'default' },
        summary: missing('broker main pool default tenant acme'),
      },
    ],
    silent: [{ alert: 'MetricsMissing', at: ['5m', '17m'] }],
  },
  {
    title: 'a broker whose queues nobody reads',
    series: {
      [redis('up')]: '1x40',
      [redis('redis_up')]: '1x40',
      [queues('up', { broker: 'other' })]: '1x40',
      [queues('up')]: '1x25 stale',
      [queues('stalk_queues_up')]: '1x5 0x10 1x9 stale',
    },
    fires: [
      {
        alert: 'MetricsMissing',
        at: '12m',
        labels: { broker: 'main' },
        summary: missing('broker main'),
      },
      {
        alert: 'MetricsMissing',
        at: '32m',
        labels: { broker: 'main' },
        summary: missing('broker main'),
      },
    ],
    silent: [
      { alert: 'MetricsMissing', at: ['5m', '17m'] },
      { alert: 'BrokerDown', at: ['12m', '32m'] },
    ],
  },
  {
    title: 'a Prometheus that scrapes nothing of Stalk',
    series: { [queues('up')]: '_x20 1x20' },
    fires: [
      {
        alert: 'MetricsMissing',
        at: '10m',
        labels: { job: 'stalk-queues' },
        summary: missing('job stalk-queues'),
      },
    ],
    silent: [{ alert: 'MetricsMissing', at: ['4m', '22m'] }],
  },
];
