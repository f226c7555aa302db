// Alerts of backups: none of late, one that failed, none that was tried. All from what the cluster says of two CronJobs.

import type { BackupCron } from '../../plan/redis/backup';
import type { AlertGroup } from '../alert';
import { promql, WATCHED } from './promql';

/** A namespace has one CronJob of the name; two exporters may speak of it. */
const of = (metric: string, name: BackupCron): string => `max by (namespace) (${metric}{cronjob="${name}"})`;

/** When the last good run ended; before the first one, when all began. */
const good = (name: BackupCron): string => promql`
  (
    ${of('kube_cronjob_status_last_successful_time', name)}
    or ${of('kube_cronjob_created', name)}
  )`;

/** Two intervals of its own schedule: from the last start to the next. Nothing while it is suspended. */
const twice = (name: BackupCron): string => promql`
  2 * (
    ${of('kube_cronjob_next_schedule_time', name)}
    - on (namespace) (
      ${of('kube_cronjob_status_last_schedule_time', name)}
      or ${of('kube_cronjob_created', name)}
    )
  )`;

/** Jobs of the CronJob that failed for good and began after the last good one ended; those of the CLI have no owner. */
const failed = (name: BackupCron): string => promql`
  max by (namespace) (
    kube_job_status_start_time
    and on (namespace, job_name) kube_job_failed{condition="true"} == 1
    and on (namespace, job_name) kube_job_owner{owner_kind="CronJob",owner_name="${name}"} == 1
  ) > on (namespace) ${good(name)}`;

/** Of a CronJob that is suspended by hand nobody knows the interval. */
const SUSPENDED = 2 * 24 * 3600;

const WHOSE = '{{ with $labels.tenant }}Tenant {{ . }}{{ else }}Broker {{ $labels.broker }}{{ end }}';

export const backupAlerts: AlertGroup = {
  name: 'backup',
  alerts: [
    {
      name: 'BackupTooOld',
      expr: promql`
        (
          time() - ${good('redis-backup')} > on (namespace) (
            ${twice('redis-backup')}
            or ${of('kube_cronjob_created', 'redis-backup')} * 0 + ${SUSPENDED}
          )
        ) ${WATCHED}`,
      for: '90m',
      severity: 'warning',
      summary: `${WHOSE}: no backup went well for {{ $value | humanizeDuration }}`,
      description:
        'No backup went well for twice as long as its schedule allows. Redis and its tasks are well; a restore would lose all that was accepted since.',
    },
    {
      name: 'BackupFailed',
      expr: promql`
        (
          ${failed('redis-backup')}
        ) ${WATCHED}`,
      severity: 'warning',
      summary: `${WHOSE}: the last backup failed`,
      description:
        'It was tried twice. Backups of before are whole, and the next run tries again; its pod says why it failed.',
    },
    {
      name: 'BackupUnverified',
      expr: promql`
        (
          time() - ${good('redis-drill')} > on (namespace) ${twice('redis-drill')}
          or
          ${failed('redis-drill')}
          unless on (namespace) ${of('kube_cronjob_spec_suspend', 'redis-drill')} == 1
        ) ${WATCHED}`,
      for: '90m',
      severity: 'warning',
      summary: `${WHOSE}: nobody knows whether the newest backup comes back`,
      description:
        'The drill, which loads the newest backup into a Redis of its own and counts it, failed or was not run for two intervals of its schedule.',
    },
  ],
};
