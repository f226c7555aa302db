// Alerts of brokers with several Redis: who is primary, who follows, who would decide.

import type { AlertGroup } from '../alert';
import { promql } from './promql';

const REDIS = 'job="stalk-redis"';
const SENTINEL = 'job="stalk-sentinel"';

export const sentinelAlerts: AlertGroup = {
  name: 'sentinel',
  alerts: [
    {
      name: 'BrokerWithoutPrimary',
      // `count(…) < 1` of nothing is nothing: what answers, unless some of it is a primary. A role nobody can read is none.
      expr: promql`
      group by (broker, tenant) (redis_instance_info{${REDIS}})
      unless on (broker) redis_instance_info{${REDIS},role="master"}
      unless on (broker) (up{${REDIS}} == 0 and on (broker) stalk_queues_up == 1)`,
      for: '1m',
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} has no primary',
      description:
        'Redis answers, and each is a replica: nothing can be written, so no task is accepted, begun or finished. What was accepted is safe.',
    },
    {
      name: 'BrokerTwoPrimaries',
      expr: promql`
      count by (broker, tenant) (redis_instance_info{${REDIS},role="master"}) > 1`,
      for: '1m',
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} has {{ $value }} primaries',
      description:
        'Two Redis take writes. What the one accepts that has to follow in the end is lost, and workers of each see half of the tasks.',
    },
    {
      name: 'SentinelQuorumAtRisk',
      expr: promql`
      max by (broker, tenant) (redis_sentinel_master_ok_sentinels{${SENTINEL}})
      <= max by (broker, tenant) (redis_sentinel_master_sentinels{${SENTINEL}}) / 2
      or max by (broker, tenant) (redis_up{${SENTINEL}}) == 0`,
      for: '5m',
      severity: 'critical',
      summary: 'Sentinels of broker {{ $labels.broker }} have no majority',
      description: 'Tasks are safe while the primary lives. Nobody takes over when it dies.',
    },
    {
      name: 'ReplicaBehind',
      expr: promql`
      max by (broker, tenant) (redis_connected_slave_lag_seconds{${REDIS}}) > 30`,
      for: '2m',
      severity: 'warning',
      summary: 'A replica of broker {{ $labels.broker }} is {{ $value | humanizeDuration }} behind',
      description:
        'Should it take over now, the tasks accepted in that time are lost, and those finished begin again.',
    },
    {
      name: 'ReplicaCutOff',
      expr: promql`
      max by (broker, tenant, pod) (
        redis_master_link_up{${REDIS}} == 0
        or redis_up{${REDIS}} == 0 and on (broker) redis_up{${REDIS}} == 1
      )`,
      for: '5m',
      severity: 'critical',
      summary: 'Replica {{ $labels.pod }} of broker {{ $labels.broker }} does not follow its primary',
      description:
        'Tasks are safe while the primary lives. Should this replica take over, everything since it was cut off is lost.',
    },
  ],
};
