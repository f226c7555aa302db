// Backups and drills of brokers as kube-state-metrics tells of them: no cluster runs in the tests, so these series are made up.

import { type AlertCase, type Series, redis, series } from './case';

const main = { namespace: 'broker-main', broker: 'main' };
const acme = { namespace: 'acme', broker: 'acme', tenant: 'acme' };
const watched = { [redis('up')]: '1x4000', [redis('up', acme)]: '1x4000' };

interface Runs {
  readonly last?: string;
  readonly next?: string;
  readonly good?: string;
  readonly suspended?: string;
}

/** A CronJob that is there from the beginning. */
const cronJob = (
  cronjob: string,
  { namespace }: { readonly namespace: string },
  { last, next, good, suspended }: Runs,
): Series => {
  const told = (metric: string, values: string | undefined): Series =>
    values === undefined ? {} : { [series(metric, { namespace, cronjob })]: values };
  return {
    ...told('kube_cronjob_created', '0x4000'),
    ...told('kube_cronjob_spec_suspend', suspended ?? '0x4000'),
    ...told('kube_cronjob_status_last_schedule_time', last),
    ...told('kube_cronjob_next_schedule_time', next),
    ...told('kube_cronjob_status_last_successful_time', good),
  };
};

/** A Job that began after two hours, and failed for good two minutes later; it stays to be looked at. */
const failedJob = (
  job_name: string,
  { namespace }: { readonly namespace: string },
  owner: { readonly owner_kind: string; readonly owner_name: string },
): Series => ({
  [series('kube_job_status_start_time', { namespace, job_name })]: '_x120 7200x4000',
  [series('kube_job_owner', { namespace, job_name, ...owner })]: '_x120 1x4000',
  [series('kube_job_failed', { namespace, job_name, condition: 'true' })]: '_x122 1x4000',
  [series('kube_job_failed', { namespace, job_name, condition: 'false' })]: '_x122 0x4000',
});
const by = (owner_name: string) => ({ owner_kind: 'CronJob', owner_name });
const NOBODY = { owner_kind: '', owner_name: '' };

/** Each hour. */
const HOURLY = {
  last: '_x60 3600x59 7200x59 10800x59 14400x59 18000x59 21600x59 25200x500',
  next: '3600x59 7200x59 10800x59 14400x59 18000x59 21600x59 25200x59 28800x500',
};

/** A good run of a minute, none for five hours, and good ones again. */
const PAUSE = '_x61 3660x299 21660x600';

/** The run after two hours failed, that after three went well. */
const ONE_FAILED = '_x61 3660x119 10860x500';

export const backupCases: readonly AlertCase[] = [
  {
    title: 'backups each hour that do not go well for five hours',
    series: { ...watched, ...cronJob('redis-backup', main, { ...HOURLY, good: PAUSE }) },
    fires: [
      {
        alert: 'BackupTooOld',
        at: '300m',
        labels: main,
        summary: 'Broker main: no backup went well for 3h 59m 0s',
      },
    ],
    silent: [{ alert: 'BackupTooOld', at: ['59m', '130m', '250m', '370m'] }],
  },
  {
    title: 'backups of a broker of its own that somebody has suspended before the first one',
    series: {
      ...watched,
      ...cronJob('redis-backup', acme, { suspended: '1x3000 0x900', good: '_x3000 180060x900' }),
    },
    fires: [
      {
        alert: 'BackupTooOld',
        at: '2990m',
        labels: acme,
        summary: 'Tenant acme: no backup went well for 2d 1h 50m 0s',
      },
    ],
    silent: [{ alert: 'BackupTooOld', at: ['60m', '2900m', '3060m'] }],
  },
  {
    title:
      'a backup that failed, and the next that did not; another CronJob and the command line fail as well',
    series: {
      ...watched,
      ...cronJob('redis-backup', main, { ...HOURLY, good: ONE_FAILED }),
      ...failedJob('redis-backup-29410', main, by('redis-backup')),
      ...cronJob('redis-backup', acme, { ...HOURLY, good: '_x61 3660x600' }),
      ...failedJob('nightly-29410', acme, by('nightly')),
      ...failedJob('redis-backup-c0ffee', acme, NOBODY),
    },
    fires: [
      { alert: 'BackupFailed', at: '123m', labels: main, summary: 'Broker main: the last backup failed' },
    ],
    silent: [{ alert: 'BackupFailed', at: ['119m', '121m', '182m', '400m'] }],
  },
  {
    title: 'drills each hour of which none goes well for five hours',
    series: { ...watched, ...cronJob('redis-drill', acme, { ...HOURLY, good: PAUSE }) },
    fires: [
      {
        alert: 'BackupUnverified',
        at: '300m',
        labels: acme,
        summary: 'Tenant acme: nobody knows whether the newest backup comes back',
      },
    ],
    silent: [{ alert: 'BackupUnverified', at: ['59m', '250m', '370m'] }],
  },
  {
    title: 'a drill that failed, and one that was switched off after it had failed',
    series: {
      ...watched,
      ...cronJob('redis-drill', main, {
        last: '_x60 3600x59 7200x500',
        next: '3600x59 7200x59 93600x500',
        good: '_x61 3660x299 21660x600',
      }),
      ...failedJob('redis-drill-29410', main, by('redis-drill')),
      ...cronJob('redis-drill', acme, { suspended: '1x600', good: '_x61 3660x600' }),
      ...failedJob('redis-drill-29411', acme, by('redis-drill')),
    },
    fires: [
      {
        alert: 'BackupUnverified',
        at: '230m',
        labels: main,
        summary: 'Broker main: nobody knows whether the newest backup comes back',
      },
    ],
    silent: [{ alert: 'BackupUnverified', at: ['121m', '200m', '370m'] }],
  },
];
