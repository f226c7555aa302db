// Where results go, as far as variables say it.

import { lose, say } from '../sheet';
import { isApp } from '../units';
import { databaseOf, isRedisUrl, shortHost, urlIn } from '../urls';
import { unitSource } from './context';
import type { Writing } from './context';
import { textOfVariable } from './servers';

const BACKEND = /^(.*_)?(CELERY_)?RESULT_BACKEND(_URL)?$/;

export function writeResults(writing: Writing): void {
  const { sheet, units } = writing;
  const found = units
    .filter(isApp)
    .flatMap((unit) =>
      unit.program.env.filter(({ name }) => BACKEND.test(name)).map((variable) => ({ unit, variable })),
    );
  const [first] = found;
  const text = first === undefined ? '' : (textOfVariable(first.variable) ?? '');
  if (first === undefined || text === '') {
    sheet.checks.add(
      'Where results go (result_backend in the settings of the app): Stalk keeps them on the broker for a day (results).',
    );
    return;
  }
  const source = `${first.variable.name} in ${unitSource(first.unit)}`;
  if (/^django-(db|cache)/.test(text)) return say(sheet, ['results', 'backend'], 'django-db', source);
  if (/^disabled/.test(text)) return say(sheet, ['results', 'backend'], 'none', source);
  writeServer(writing, text, source);
}

function writeServer({ sheet, servers }: Writing, text: string, source: string): void {
  const url = urlIn(text);
  if (url === undefined || !isRedisUrl(url))
    return lose(sheet, source, {
      what: `results in ${String(text.split(':')[0])}`,
      why: 'results go to the Redis of the tenant or to the database of a Django app',
      nearest: "results: { backend: 'redis' | 'django-db' | 'none' }",
    });
  if (servers.broker?.hosts.has(shortHost(url.host)) !== true)
    return lose(sheet, source, {
      what: `results on ${url.host}`,
      why: 'results go to the broker',
      nearest: 'results.database',
    });
  const database = databaseOf(url);
  if (database !== servers.database) say(sheet, ['results', 'database'], database, source);
}
