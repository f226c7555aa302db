// The scheduler.

import { show, unless } from './finding';
import type { Rule } from './finding';

export const beatRules: readonly Rule[] = [
  {
    what: 'a schedule in the database has Django',
    of: ({ beat, app }) =>
      unless(beat?.scheduler !== 'database' || app.dialect !== 'celery', () => ({
        path: ['beat', 'scheduler'],
        wanted: 'be "file" or "redbeat" for the dialect "celery", as django-celery-beat keeps it in Django',
        got: show('database'),
        fix: 'use "redbeat", or the dialect "django"',
      })),
  },
  {
    what: 'only a schedule file has a volume',
    of: ({ beat }, asked) =>
      unless(beat === undefined || beat.scheduler === 'file' || asked.beat?.storage === undefined, () => ({
        path: ['beat', 'storage'],
        wanted: `not be given with scheduler ${show(beat?.scheduler)}, which has no file`,
        got: show(asked.beat?.storage),
        fix: 'remove it, or use scheduler "file"',
      })),
  },
];
