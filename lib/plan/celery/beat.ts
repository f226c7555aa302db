// The scheduler: one process, replaced and never doubled, as two send every task twice.

import type { ResolvedBeat } from '../../spec';
import { watchedLoader } from '../metrics';
import type { Process } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { celeryOf } from './logs';
import { scheduleFile, scheduleFolder } from './paths';
import { ticks } from './signals';

export const BEAT = 'beat';

/** Claim of the schedule file: an overdue entry is sent once after a pause, instead of a whole interval later. */
export const SCHEDULE_CLAIM = 'beat-schedule';

/** Beat has nothing to finish; it writes its file and goes. */
const GRACE = 30;

export function beatProcess(
  app: AppContext,
  { scheduler, maxInterval, probes, ...asked }: ResolvedBeat,
): Process {
  return appProcess(app, {
    name: BEAT,
    component: 'beat',
    role: 'worker',
    lifetime: { kind: 'singleton', replicas: 1 },
    command: [
      ...[...celeryOf(app.tenant), 'beat', `--loglevel=${app.tenant.app.logLevel}`],
      '--pidfile=', // in a container a process' id is always the same
      `--max-interval=${maxInterval}`,
      scheduler === 'file' ? `--schedule=${scheduleFile(app.tenant.app)}` : SCHEDULER[scheduler],
    ],
    runs: asked,
    ...ticks(probes),
    grace: GRACE,
    ...watchedLoader(app.tenant),
    migrated: true,
    ...(scheduler === 'file' && {
      ownFolders: [{ name: SCHEDULE_CLAIM, path: scheduleFolder(app.tenant.app), claim: SCHEDULE_CLAIM }],
    }),
  });
}

const SCHEDULER: Readonly<Record<Exclude<ResolvedBeat['scheduler'], 'file'>, string>> = {
  database: '--scheduler=django_celery_beat.schedulers:DatabaseScheduler',
  redbeat: '--scheduler=redbeat.RedBeatScheduler',
};
