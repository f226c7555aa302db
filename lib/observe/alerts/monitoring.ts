// Alerts of the watch itself.

import type { AlertGroup } from '../alert';
import { promql } from './promql';

export const monitoringAlerts: AlertGroup = {
  name: 'monitoring',
  alerts: [
    {
      name: 'MetricsMissing',
      // Targets that do not answer, those that should be there and are not, and queues that nobody reads.
      expr: promql`
        count by (job, broker, tenant, pool) (up{job=~"stalk-.+"} == 0) > 0
        or max by (broker, tenant, pool) (stalk_expected_pool) > 0
          unless on (tenant, pool) up{job="stalk-celery"}
        or group by (broker) (up{job="stalk-redis"}) unless on (broker) up{job="stalk-queues"}
        or max by (broker) (stalk_queues_up) == 0 and on (broker) redis_up{job="stalk-redis"} == 1
        or absent(up{job="stalk-queues"})`,
      for: '5m',
      severity: 'warning',
      summary: 'Metrics are missing:{{ range $name, $value := $labels }} {{ $name }} {{ $value }}{{ end }}',
      description:
        'Prometheus cannot scrape this, or finds nothing to scrape where something should run. Tasks may be fine; other alerts about this may be silent.',
    },
  ],
};
