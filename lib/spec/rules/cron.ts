// Cron lines that Celery's crontab reads as their author means them.

import { Cron } from 'croner';
import { passing, textOf } from './kind';

const CALENDAR = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat';

/** Digits, names, `*`, `,`, `-` and `/`: no `L`, `W`, `#`, `?`, no `@daily`. */
const CELERYS = new RegExp(`^([\\d*,/ -]|\\b(${CALENDAR})\\b)+$`, 'i');

/** Sunday is 0; Celery does not start with a 7. */
const SEVENTH_DAY = /(^|[,-])0*7(?!\d)/;

/** Any fixed day: the same line is the same answer on every machine. */
const START = new Date('2024-01-01T00:00:00Z');

/** Like Celery's, a day of the month and a day of the week must both come true. */
const OPTIONS = { mode: '5-part', domAndDow: true, paused: true, timezone: 'UTC' } as const;

function isCron(line: string): boolean {
  if (!CELERYS.test(line) || SEVENTH_DAY.test(line.trim().split(/ +/)[4] ?? '')) return false;
  try {
    return new Cron(line, OPTIONS).nextRun(START) !== null;
  } catch {
    return false;
  }
}

/** A thousand tenants write the same few lines, and croner takes its time. */
const known = new Map<string, boolean>();

const cronFor = (wanted: string) =>
  passing<string>(
    (value) => {
      const line = textOf(value);
      const good = known.get(line) ?? isCron(line);
      known.set(line, good);
      return good;
    },
    {
      wanted,
      fix: 'write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,',
    },
  );

export const cron = cronFor("be five fields that Celery's crontab knows, of a date that comes");

/** Kubernetes knows each line that Celery knows. It starts on either day where both are said, Celery on both together. */
export const clockCron = cronFor('be five fields, of a date that comes');

/** The first start after a time, as Kubernetes reads a line in UTC. */
export const nextStart = (line: string, after: Date): Date | undefined =>
  new Cron(line, { ...OPTIONS, domAndDow: false }).nextRun(after) ?? undefined;
