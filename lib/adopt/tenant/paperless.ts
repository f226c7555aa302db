// What Paperless says by variables: its pool, its threads, its schedule.

import { guess, said, say } from '../sheet';
import type { Sheet, SheetPath } from '../sheet';
import { isApp } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { textOfVariable } from './servers';

const CRON = /^PAPERLESS_(\w+)_TASK_CRON$/;

/** Props by variable, with what makes a value of its text. */
const PROPS: Readonly<Record<string, readonly [SheetPath, (text: string) => unknown]>> = {
  PAPERLESS_THREADS_PER_WORKER: [['app', 'threadsPerWorker'], Number],
  PAPERLESS_TASK_WORKERS: [['workers', 'default', 'concurrency'], Number],
  PAPERLESS_WORKER_TIMEOUT: [['workers', 'default', 'timeLimit'], (text) => `${Number(text)}s`],
};

export function writePaperless({ sheet, units }: Writing): void {
  if (said(sheet, ['app', 'dialect']) !== 'paperless') return;
  if (!units.some(({ role }) => role === 'beat'))
    guess(sheet, ['beat'], {}, 'the container of Paperless runs its scheduler too');
  const variables = units
    .filter(isApp)
    .flatMap((unit) => unit.program.env.map((variable) => ({ unit, variable })));
  for (const { unit, variable } of variables) {
    const text = textOfVariable(variable) ?? '';
    if (text !== '') writeVariable(sheet, variable.name, text, `${variable.name} in ${unitSource(unit)}`);
  }
}

function writeVariable(sheet: Sheet, name: string, text: string, source: string): void {
  const [, cron] = CRON.exec(name) ?? [];
  const [path, value] = PROPS[name] ?? [];
  if (cron !== undefined) say(sheet, ['app', 'crons', cron], text, source);
  if (path !== undefined) say(sheet, path, value?.(text), source);
  if (name === 'PAPERLESS_REDIS_PREFIX')
    sheet.checks.add(
      `${source}: keys began with a prefix of yours; on a broker of its own the tenant needs none (broker.prefix).`,
    );
}
