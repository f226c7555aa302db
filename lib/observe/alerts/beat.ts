// Alerts of a tenant's beat.

import type { AlertGroup } from '../alert';
import { ALERT_LIMITS } from '../limits';
import { promql } from './promql';

export const beatAlerts: AlertGroup = {
  name: 'beat',
  alerts: [
    {
      name: 'BeatSilent',
      // Silent or gone: whoever should tick, unless it did. Beat looks at its schedule every 30 s at most.
      expr: promql`
      max by (broker, tenant) (stalk_expected_beat) > 0
      unless on (tenant) time() - stalk_beat_last_tick_timestamp_seconds < ${ALERT_LIMITS.beatSilent}`,
      for: '1m',
      severity: 'critical',
      summary: 'Tenant {{ $labels.tenant }}: beat has not looked at its schedule for two minutes',
      description:
        'Periodic tasks are not sent. Those due meanwhile are late, or left out, by what their schedule says.',
    },
    {
      name: 'BeatCannotSend',
      expr: promql`
      sum by (broker, tenant, entry) (
        increase(stalk_beat_errors_total[10m]) > 0
        or (stalk_beat_errors_total > 0 unless stalk_beat_errors_total offset 10m)
          and on (tenant) (stalk_expected_beat offset 10m)
      )`,
      for: '5m',
      severity: 'critical',
      summary: 'Tenant {{ $labels.tenant }}: beat cannot send {{ $labels.entry }}',
      description: 'The periodic task was due and was not accepted by the broker: this run of it is lost.',
    },
  ],
};
