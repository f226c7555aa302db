// Results and messages, as far as variables say it.

import { guess, said, say } from '../sheet';
import { isApp } from '../units';
import { databaseOf, isRedisUrl, shortHost, urlIn } from '../urls';
import { lose } from '../sheet';
import { sourceOf } from './context';
import type { Writing } from './context';
import { textOfVariable } from './servers';

const BACKEND = /^(.*_)?(CELERY_)?RESULT_BACKEND(_URL)?$/;

export function writeResults(writing: Writing): void {
  const { sheet, units, servers } = writing;
  const found = units
    .filter(isApp)
    .flatMap((unit) =>
      unit.program.env.filter(({ name }) => BACKEND.test(name)).map((variable) => ({ unit, variable })),
    );
  const [first] = found;
  const text = first === undefined ? undefined : textOfVariable(first.variable);
  if (first === undefined || text === undefined || text === '') {
    sheet.checks.add(
      'Where results go (result_backend in the settings of the app): Stalk keeps them on the broker for a day (results).',
    );
    return;
  }
  const source = `${first.variable.name} in ${sourceOf(first.unit)}`;
  const url = urlIn(text);
  if (/^django-(db|cache)/.test(text)) return say(sheet, ['results', 'backend'], 'django-db', source);
  if (/^disabled/.test(text)) return say(sheet, ['results', 'backend'], 'none', source);
  if (url === undefined || !isRedisUrl(url))
    return lose(sheet, sourceOf(first.unit), {
      what: `results in ${url?.scheme ?? text.split(':')[0]}`,
      why: 'results go to the Redis of the tenant or to the database of a Django app',
      nearest: "results: { backend: 'redis' | 'django-db' | 'none' }",
    });
  if (servers.broker?.hosts.has(shortHost(url.host)) !== true)
    return lose(sheet, sourceOf(first.unit), {
      what: `results on ${url.host}`,
      why: 'results go to the broker',
      nearest: 'results.database',
    });
  const database = databaseOf(url);
  if (database !== servers.database) say(sheet, ['results', 'database'], database, source);
}

const CRON = /^PAPERLESS_(\w+)_TASK_CRON$/;

/** Paperless says its pool, its threads and its schedule by variables. */
export function writePaperless({ sheet, units }: Writing): void {
  if (said(sheet, ['app', 'dialect']) !== 'paperless') return;
  if (!units.some(({ role }) => role === 'beat'))
    guess(sheet, ['beat'], {}, 'the container of Paperless runs its scheduler too');
  const variables = units
    .filter(isApp)
    .flatMap((unit) => unit.program.env.map((variable) => ({ unit, variable })));
  for (const { unit, variable } of variables) {
    const text = textOfVariable(variable);
    const [, cron] = CRON.exec(variable.name) ?? [];
    const source = `${variable.name} in ${sourceOf(unit)}`;
    if (text === undefined || text === '') continue;
    if (cron !== undefined) say(sheet, ['app', 'crons', cron], text, source);
    if (variable.name === 'PAPERLESS_THREADS_PER_WORKER')
      say(sheet, ['app', 'threadsPerWorker'], Number(text), source);
    if (variable.name === 'PAPERLESS_TASK_WORKERS')
      say(sheet, ['workers', 'default', 'concurrency'], Number(text), source);
    if (variable.name === 'PAPERLESS_WORKER_TIMEOUT')
      say(sheet, ['workers', 'default', 'timeLimit'], `${Number(text)}s`, source);
    if (variable.name === 'PAPERLESS_REDIS_PREFIX')
      sheet.checks.add(
        `${source}: keys began with a prefix of yours; on a broker of its own the tenant needs none (broker.prefix).`,
      );
  }
}
