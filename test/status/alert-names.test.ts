// What `stalk status` writes in brackets behind a trouble: the name of the alert that says the same, and of its runbook.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ALERTS } from '../../lib/observe/alerts';

const STATUS = join(__dirname, '..', '..', 'lib', 'status');
const NAME = /'((?:[A-Z][a-z]+){2,})'/g;

test('each is an alert', () => {
  const names = ALERTS.flatMap(({ alerts }) => alerts.map(({ name }) => name));
  const written = readdirSync(STATUS)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(STATUS, file), 'utf8').matchAll(NAME)].map(([, name]) => name));

  expect(written.length).toBeGreaterThan(10);
  expect(written.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
});
