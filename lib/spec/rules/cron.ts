// Cron lines that Celery's crontab reads as their author means them.

import { Cron } from 'croner';
import { guesses, hinted, passing, proposing, textOf } from './kind';

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

/** What `@daily` and the like stand for. */
const MACROS: Readonly<Record<string, string>> = {
  hourly: '0 * * * *',
  daily: '0 0 * * *',
  midnight: '0 0 * * *',
  weekly: '0 0 * * 0',
  monthly: '0 0 1 * *',
  yearly: '0 0 1 1 *',
  annually: '0 0 1 1 *',
};

/** A macro, blanks other than spaces, Sunday as 7, seconds before the minute. */
function meant(value: unknown): string | undefined {
  const line = textOf(value).trim().toLowerCase();
  const macro = line.replace(/^@/, '');
  if (Object.hasOwn(MACROS, macro)) return MACROS[macro];
  const fields = line.split(/\s+/);
  const [minute, hour, day, month, weekday] =
    fields.length === 6 && fields[0] === '0' ? fields.slice(1) : fields;
  return [minute, hour, day, month, weekday === '7' ? '0' : weekday].join(' ');
}

const NO_CLOCK = guesses([
  [/TZ=|[A-Z]\w+\/[A-Z]\w+|\b(UTC|GMT|CES?T)\b/, 'write five fields, without a time zone'],
  [/^@every|^\d+\s*[smhd]$/i, 'write it like "0 */6 * * *", every six hours'],
]);

const cronFor = (wanted: string) => hinted(proposing(lineFor(wanted), meant), NO_CLOCK);

/** Five fields; which of them come true is no matter of a pattern. */
const FIVE = '^ *([0-9A-Za-z*,/-]+ +){4}[0-9A-Za-z*,/-]+ *$';

const lineFor = (wanted: string) =>
  passing<string>(
    (value) => {
      if (typeof value !== 'string') return false;
      const line = value;
      const good = known.get(line) ?? isCron(line);
      known.set(line, good);
      return good;
    },
    {
      wanted,
      fix: 'write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,',
    },
    { type: 'string', pattern: FIVE },
  );

export const cron = cronFor("be five fields that Celery's crontab knows, of a date that comes");

/** Kubernetes knows each line that Celery knows. It starts on either day where both are said, Celery on both together. */
export const clockCron = cronFor('be five fields, of a date that comes');

/** The first start after a time, as Kubernetes reads a line in UTC. */
export const nextStart = (line: string, after: Date): Date | undefined =>
  new Cron(line, { ...OPTIONS, domAndDow: false }).nextRun(after) ?? undefined;
