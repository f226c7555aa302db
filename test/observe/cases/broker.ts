// Brokers and caches, one Redis each.

import { type AlertCase, cache, queues, redis } from './case';

const main = { broker: 'main' };
const errors = (err: string): string => redis('redis_errors_total', { err });

export const brokerCases: readonly AlertCase[] = [
  {
    title: 'a broker that does not answer, and does again',
    series: {
      [redis('up')]: '1x30',
      [redis('redis_up')]: '1x5 0x5 1x20',
      [queues('stalk_queues_up')]: '1x5 0x5 1x20',
      [queues('up')]: '1x30',
    },
    fires: [{ alert: 'BrokerDown', at: '8m', labels: main, summary: 'Broker main does not answer' }],
    silent: [
      { alert: 'BrokerDown', at: ['5m', '6m', '13m'] },
      { alert: 'MetricsMissing', at: ['10m'] },
    ],
  },
  {
    title: 'a broker whose pod is gone, its exporter too',
    series: {
      [redis('up')]: '1x5 stale _x5 1x20',
      [redis('redis_up')]: '1x5 stale _x5 1x20',
      [queues('stalk_queues_up')]: '1x5 0x6 1x20',
      [queues('up')]: '1x30',
    },
    fires: [{ alert: 'BrokerDown', at: '8m', labels: main, summary: 'Broker main does not answer' }],
    silent: [{ alert: 'BrokerDown', at: ['5m', '14m'] }],
  },
  {
    title: 'a redis_exporter that is gone while its broker works',
    series: {
      [redis('up')]: '1x5 0x15 1x10',
      [redis('redis_up')]: '1x5 stale',
      [redis('redis_instance_info', { role: 'slave', pod: 'redis-1' })]: '1x30',
      [queues('stalk_queues_up')]: '1x30',
      [queues('up')]: '1x30',
    },
    fires: [
      {
        alert: 'MetricsMissing',
        at: '12m',
        labels: { ...main, job: 'stalk-redis' },
        summary: 'Metrics are missing: broker main job stalk-redis',
      },
    ],
    silent: [
      { alert: 'BrokerDown', at: ['12m'] },
      { alert: 'BrokerWithoutPrimary', at: ['12m'] },
      { alert: 'MetricsMissing', at: ['6m', '23m'] },
    ],
  },
  {
    title: 'a broker that fills up, refuses writes, and is emptied',
    series: {
      [redis('redis_memory_used_bytes')]: '700x2 850x10 1000x4 500x20',
      [redis('redis_memory_max_bytes')]: '1000x40',
      [redis('redis_up')]: '1x40',
      [errors('OOM')]: '_x15 1 9x30',
    },
    fires: [
      {
        alert: 'BrokerMemoryHigh',
        at: '9m',
        labels: main,
        summary: 'Broker main uses 85% of its memory',
      },
      {
        alert: 'BrokerRefusesWrites',
        at: '15m',
        labels: main,
        summary: 'Broker main is full and refuses writes',
      },
    ],
    silent: [
      { alert: 'BrokerMemoryHigh', at: ['2m', '20m'] },
      { alert: 'BrokerRefusesWrites', at: ['14m', '23m'] },
    ],
  },
  {
    title: 'a broker without a limit of memory',
    series: {
      [redis('redis_memory_used_bytes')]: '700x20',
      [redis('redis_memory_max_bytes')]: '0x20',
    },
    fires: [],
    silent: [{ alert: 'BrokerMemoryHigh', at: ['10m'] }],
  },
  {
    title: 'one first error, which no rate shows',
    series: { [redis('redis_up')]: '1x30', [errors('OOM')]: '_x10 1x20' },
    fires: [
      {
        alert: 'BrokerRefusesWrites',
        at: '12m',
        labels: main,
        summary: 'Broker main is full and refuses writes',
      },
    ],
    silent: [{ alert: 'BrokerRefusesWrites', at: ['9m', '16m'] }],
  },
  {
    title: 'errors of last week, seen by a Prometheus that has just started',
    series: { [redis('redis_up')]: '1x30', [errors('OOM')]: '7x30', [errors('MISCONF')]: '7x30' },
    fires: [],
    silent: [
      { alert: 'BrokerRefusesWrites', at: ['0m', '1m', '5m', '10m'] },
      { alert: 'BrokerCannotPersist', at: ['2m', '10m'] },
    ],
  },
  {
    title: 'a broker that evicts',
    series: {
      [redis('redis_evicted_keys_total')]: '0x5 3x30',
      [cache('redis_evicted_keys_total')]: '0+100x35',
    },
    fires: [
      {
        alert: 'BrokerEvicts',
        at: '6m',
        labels: main,
        summary: 'Broker main deletes keys to make room: tasks are lost',
      },
    ],
    silent: [{ alert: 'BrokerEvicts', at: ['5m', '17m'] }],
  },
  {
    title: 'a broker with many connections, then with all that it takes',
    series: {
      [redis('redis_connected_clients')]: '900x5 1100x15 100x20',
      [redis('redis_config_maxclients')]: '10000x40',
      [redis('redis_rejected_connections_total')]: '0x15 4x25',
      [redis('redis_connected_clients', { broker: 'small' })]: '70x5 90x15 10x20',
      [redis('redis_config_maxclients', { broker: 'small' })]: '100x40',
    },
    fires: [
      {
        alert: 'BrokerConnectionsHigh',
        at: '12m',
        labels: main,
        summary: 'Broker main has 1100 connections',
      },
      {
        alert: 'BrokerConnectionsHigh',
        at: '12m',
        labels: { broker: 'small' },
        summary: 'Broker small has 90 connections',
      },
      {
        alert: 'BrokerRejectsConnections',
        at: '16m',
        labels: main,
        summary: 'Broker main turns connections away',
      },
    ],
    silent: [
      { alert: 'BrokerConnectionsHigh', at: ['5m', '23m'] },
      { alert: 'BrokerRejectsConnections', at: ['15m', '22m'] },
    ],
  },
  ...['redis_aof_last_write_status', 'redis_aof_last_bgrewrite_status', 'redis_rdb_last_bgsave_status'].map(
    (metric): AlertCase => ({
      title: `a broker that cannot write to its volume: ${metric}`,
      series: { [redis(metric)]: '1x5 0x5 1x10' },
      fires: [
        {
          alert: 'BrokerCannotPersist',
          at: '8m',
          labels: main,
          summary: 'Broker main cannot write to its volume',
        },
      ],
      silent: [{ alert: 'BrokerCannotPersist', at: ['5m', '13m'] }],
    }),
  ),
  {
    title: 'a broker that refuses writes as it cannot save',
    series: { [redis('redis_up')]: '1x30', [errors('MISCONF')]: '_x10 1x20' },
    fires: [
      {
        alert: 'BrokerCannotPersist',
        at: '12m',
        labels: main,
        summary: 'Broker main cannot write to its volume',
      },
    ],
    silent: [{ alert: 'BrokerCannotPersist', at: ['9m', '17m'] }],
  },
  {
    title: 'users that may not what they do, and passwords that do not fit',
    series: {
      [errors('NOPERM')]: '0x5 1+1x15 16x20',
      [cache('redis_errors_total', { err: 'WRONGPASS' })]: '0x5 1+1x15 16x20',
    },
    fires: [
      {
        alert: 'AccessDenied',
        at: '14m',
        labels: { ...main, job: 'stalk-redis' },
        summary: 'Broker main refuses commands or keys to one of its users',
      },
      {
        alert: 'ClientsUseWrongPassword',
        at: '14m',
        labels: { job: 'stalk-cache', tenant: 'acme' },
        summary: 'Cache of tenant acme refuses wrong passwords',
      },
    ],
    silent: [
      { alert: 'AccessDenied', at: ['6m', '27m'] },
      { alert: 'ClientsUseWrongPassword', at: ['6m', '27m'] },
    ],
  },
  {
    title: 'one wrong password, typed by hand',
    series: { [errors('WRONGPASS')]: '3x5 4x20' },
    fires: [],
    silent: [{ alert: 'ClientsUseWrongPassword', at: ['7m', '9m', '11m'] }],
  },
  {
    title: 'a cache that does not answer',
    series: { [cache('redis_up')]: '1x5 0x5 1x10', [cache('up')]: '1x20' },
    fires: [
      {
        alert: 'CacheDown',
        at: '9m',
        labels: { tenant: 'acme' },
        summary: 'The cache of tenant acme does not answer',
      },
    ],
    silent: [
      { alert: 'CacheDown', at: ['5m', '13m'] },
      { alert: 'BrokerDown', at: ['9m'] },
    ],
  },
];
