// Brokers with several Redis.

import { type AlertCase, queues, redis, sentinel } from './case';

const main = { broker: 'main' };
const role = (pod: string, name: 'master' | 'slave'): string =>
  redis('redis_instance_info', { pod, role: name });

export const sentinelCases: readonly AlertCase[] = [
  {
    title: 'a broker that loses its primary and has none for long',
    series: {
      [role('redis-0', 'master')]: '1x5 stale',
      [role('redis-1', 'slave')]: '1x15 stale',
      [role('redis-1', 'master')]: '_x15 1x15',
      [role('redis-2', 'slave')]: '1x30',
    },
    fires: [{ alert: 'BrokerWithoutPrimary', at: '8m', labels: main, summary: 'Broker main has no primary' }],
    silent: [{ alert: 'BrokerWithoutPrimary', at: ['5m', '6m', '17m'] }],
  },
  {
    title: 'a broker that Redis answers for nowhere, which is another alert',
    series: {
      [redis('redis_up')]: '1x5 0x15',
      [role('redis-0', 'master')]: '1x5 stale',
    },
    fires: [{ alert: 'BrokerDown', at: '10m', labels: main, summary: 'Broker main does not answer' }],
    silent: [{ alert: 'BrokerWithoutPrimary', at: ['10m'] }],
  },
  {
    title: 'two primaries, longer than a failover takes',
    series: {
      [role('redis-0', 'master')]: '1x30',
      [role('redis-1', 'slave')]: '1x5 stale _x10 1x15',
      [role('redis-1', 'master')]: '_x6 1x9 stale',
    },
    fires: [{ alert: 'BrokerTwoPrimaries', at: '9m', labels: main, summary: 'Broker main has 2 primaries' }],
    silent: [{ alert: 'BrokerTwoPrimaries', at: ['5m', '6m', '17m'] }],
  },
  {
    title: 'a failover',
    series: {
      [role('redis-0', 'master')]: '1x5 stale',
      [role('redis-1', 'slave')]: '1x6 stale',
      [role('redis-1', 'master')]: '_x6 1x20',
      [role('redis-0', 'slave')]: '_x7 1x20',
      [redis('redis_master_link_up', { pod: 'redis-0' })]: '_x7 0x1 1x20',
      [redis('redis_up', { pod: 'redis-0' })]: '1x5 0x2 1x20',
      [redis('redis_up', { pod: 'redis-1' })]: '1x30',
    },
    fires: [],
    silent: ['BrokerWithoutPrimary', 'BrokerTwoPrimaries', 'ReplicaCutOff', 'BrokerDown'].map((alert) => ({
      alert,
      at: ['6m', '7m', '8m', '9m', '10m'],
    })),
  },
  {
    title: 'sentinels that are too few to agree, as the last one sees them',
    series: {
      [sentinel('redis_sentinel_master_ok_sentinels')]: '3x5 1x10 3x10',
      [sentinel('redis_sentinel_master_sentinels')]: '3x30',
      [sentinel('redis_up')]: '1x30',
    },
    fires: [
      {
        alert: 'SentinelQuorumAtRisk',
        at: '12m',
        labels: main,
        summary: 'Sentinels of broker main have no majority',
      },
    ],
    silent: [{ alert: 'SentinelQuorumAtRisk', at: ['5m', '10m', '17m'] }],
  },
  {
    title: 'no sentinel that answers',
    series: { [sentinel('redis_up')]: '1x5 0x10 1x10' },
    fires: [
      {
        alert: 'SentinelQuorumAtRisk',
        at: '12m',
        labels: main,
        summary: 'Sentinels of broker main have no majority',
      },
    ],
    silent: [{ alert: 'SentinelQuorumAtRisk', at: ['5m', '17m'] }],
  },
  {
    title: 'one sentinel of three less',
    series: {
      [sentinel('redis_sentinel_master_ok_sentinels')]: '3x5 2x20',
      [sentinel('redis_sentinel_master_sentinels')]: '3x30',
    },
    fires: [],
    silent: [{ alert: 'SentinelQuorumAtRisk', at: ['20m'] }],
  },
  {
    title: 'a replica that falls behind, and one that does not follow at all',
    series: {
      [redis('redis_connected_slave_lag_seconds', { slave_ip: '10.0.0.7' })]: '1x5 90x5 0x20',
      [redis('redis_master_link_up', { pod: 'redis-1' })]: '1x5 0x10 1x20',
    },
    fires: [
      {
        alert: 'ReplicaBehind',
        at: '9m',
        labels: main,
        summary: 'A replica of broker main is 1m 30s behind',
      },
      {
        alert: 'ReplicaCutOff',
        at: '13m',
        labels: { ...main, pod: 'redis-1' },
        summary: 'Replica redis-1 of broker main does not follow its primary',
      },
    ],
    silent: [
      { alert: 'ReplicaBehind', at: ['5m', '13m'] },
      { alert: 'ReplicaCutOff', at: ['5m', '10m', '18m'] },
    ],
  },
  {
    title: 'one Redis of two that does not answer',
    series: {
      [redis('redis_up')]: '1x30',
      [redis('redis_up', { pod: 'redis-1' })]: '1x5 0x10 1x20',
      [redis('up')]: '1x30',
      [redis('up', { pod: 'redis-1' })]: '1x30',
      [queues('stalk_queues_up')]: '1x30',
    },
    fires: [
      {
        alert: 'ReplicaCutOff',
        at: '13m',
        labels: { ...main, pod: 'redis-1' },
        summary: 'Replica redis-1 of broker main does not follow its primary',
      },
    ],
    silent: [
      { alert: 'ReplicaCutOff', at: ['5m', '18m'] },
      { alert: 'BrokerDown', at: ['13m'] },
    ],
  },
];
