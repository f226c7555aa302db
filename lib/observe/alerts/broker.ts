// Alerts of brokers and caches: one Redis, or all of a broker together.

import type { AlertGroup } from '../alert';
import { ALERT_LIMITS } from '../limits';
import { promql } from './promql';
import { errorsHappened } from './events';

const REDIS = 'job="stalk-redis"';

/** Redis cannot tell which user it refused: its ACL LOG can. */
const WHICH =
  '{{ with $labels.broker }}Broker {{ . }}{{ else }}Cache of tenant {{ $labels.tenant }}{{ end }}';

const refusals = (error: string): string => promql`
  sum by (job, broker, tenant) (
    rate(redis_errors_total{job=~"stalk-redis|stalk-cache",err="${error}"}[3m])
  ) > 0`;

export const brokerAlerts: AlertGroup = {
  name: 'broker',
  alerts: [
    {
      name: 'BrokerDown',
      // An exporter that is gone alone is no outage while the queues can be read; without any target they tell.
      expr: promql`
      max by (broker, tenant) (redis_up{${REDIS}}) == 0
      or (
        max by (broker, tenant) (up{${REDIS}}) == 0
        or max by (broker) (stalk_queues_up) == 0 unless on (broker) up{${REDIS}}
      ) unless on (broker) stalk_queues_up == 1`,
      for: '1m',
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} does not answer',
      description:
        'No Redis of this broker answers. Its tenants can neither send tasks nor begin them; tasks that it had accepted are on its volume.',
    },
    {
      name: 'BrokerMemoryHigh',
      expr: promql`
      max by (broker, tenant) (
        redis_memory_used_bytes{${REDIS}} / (redis_memory_max_bytes{${REDIS}} > 0)
      ) > ${ALERT_LIMITS.memory}`,
      for: '5m',
      severity: 'warning',
      summary: 'Broker {{ $labels.broker }} uses {{ $value | humanizePercentage }} of its memory',
      description:
        'At its limit Redis refuses every write: no task is accepted, none can be finished. Nothing is lost yet.',
    },
    {
      name: 'BrokerRefusesWrites',
      expr: promql`
      max by (broker, tenant) (
        ${errorsHappened('stalk-redis', 'OOM', '5m')}
      )`,
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} is full and refuses writes',
      description:
        'Redis is at its memory limit. Senders get errors, so their tasks are not accepted; workers cannot finish what they hold, and it begins again later.',
    },
    {
      name: 'BrokerEvicts',
      expr: promql`
      max by (broker, tenant) (increase(redis_evicted_keys_total{${REDIS}}[10m])) > 0`,
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} deletes keys to make room: tasks are lost',
      description:
        'A broker must never evict: its policy is not noeviction any more. Each evicted key may be a whole queue.',
    },
    {
      name: 'BrokerConnectionsHigh',
      // redis_exporter knows the limit from 1.68 on
      expr: promql`
      max by (broker, tenant) (redis_connected_clients{${REDIS}}) > ${ALERT_LIMITS.connections}
      or max by (broker, tenant) (redis_connected_clients{${REDIS}})
      > ${ALERT_LIMITS.connectionShare} * max by (broker, tenant) (redis_max_clients{${REDIS}})`,
      for: '5m',
      severity: 'warning',
      summary: 'Broker {{ $labels.broker }} has {{ $value }} connections',
      description:
        'More than 1,000 connections, or four fifths of what it takes. At the limit new workers and senders are turned away.',
    },
    {
      name: 'BrokerRejectsConnections',
      expr: promql`
      max by (broker, tenant) (increase(redis_rejected_connections_total{${REDIS}}[5m])) > 0`,
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} turns connections away',
      description:
        'It has as many connections as it takes. Senders fail, and workers that lose their connection do not come back.',
    },
    {
      name: 'BrokerCannotPersist',
      expr: promql`
      max by (broker, tenant) (
        redis_aof_last_write_status{${REDIS}} == 0
        or redis_aof_last_bgrewrite_status{${REDIS}} == 0
        or redis_rdb_last_bgsave_status{${REDIS}} == 0
        or ${errorsHappened('stalk-redis', 'MISCONF', '5m')}
      )`,
      for: '1m',
      severity: 'critical',
      summary: 'Broker {{ $labels.broker }} cannot write to its volume',
      description:
        'Redis failed to write its append-only file, and refuses writes; or a save failed, and the file grows until the volume is full. Do not restart it.',
    },
    {
      name: 'AccessDenied',
      expr: refusals('NOPERM'),
      for: '5m',
      severity: 'warning',
      summary: `${WHICH} refuses commands or keys to one of its users`,
      description:
        'A client does what its user may not. Apps by Stalk do not: this is a command of the app itself, or somebody who tries a neighbour’s keys.',
    },
    {
      name: 'ClientsUseWrongPassword',
      expr: refusals('WRONGPASS'),
      for: '5m',
      severity: 'critical',
      summary: `${WHICH} refuses wrong passwords`,
      description:
        'A client keeps coming with a password that does not fit: pods that did not restart after a rotation, or a Secret that did not follow. Its tasks are neither sent nor begun.',
    },
    {
      name: 'CacheDown',
      expr: promql`
      max by (tenant) (redis_up{job="stalk-cache"}) == 0`,
      for: '2m',
      severity: 'warning',
      summary: 'The cache of tenant {{ $labels.tenant }} does not answer',
      description:
        'Tasks are safe: no message is in the cache. The app is slower, or fails where it cannot do without.',
    },
  ],
};
