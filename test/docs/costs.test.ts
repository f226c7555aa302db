// Numbers of docs/costs.md are those of rendered pods; STALK_WRITE_DOCS=1 writes them anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costsTable, roomTable } from './costs';

const PAGE = join(__dirname, '..', '..', 'docs', 'costs.md');

const block = (name: string): RegExp => new RegExp(`(<!-- rendered: ${name} -->)([^]*?)(<!-- end -->)`);

function onPage(name: string, rendered: string): string | undefined {
  const text = readFileSync(PAGE, 'utf8');
  if (process.env['STALK_WRITE_DOCS'] !== undefined)
    writeFileSync(
      PAGE,
      text.replace(block(name), (_, head, __, end) => `${head}\n\n${rendered}\n\n${end}`),
    );
  return block(name).exec(readFileSync(PAGE, 'utf8'))?.[2]?.trim();
}

test('costs.md tells what the example tenants ask of a cluster', () => {
  const rendered = costsTable();

  expect(onPage('tenants', rendered)).toBe(rendered);
});

test('costs.md tells how many tasks a broker of each size holds', () => {
  const rendered = roomTable();

  expect(onPage('room', rendered)).toBe(rendered);
});
