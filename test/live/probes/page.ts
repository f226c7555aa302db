/** Tables of a page that are what was measured: written on request, compared otherwise. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './scenes';

const PAGE = join(__dirname, '../../../docs/probes.md');

/** Markdown as prettier leaves it. */
export function table(found: Found): string {
  const columns = Object.keys(found[0]?.[1] ?? {});
  const rows = [
    ['state', ...columns],
    ...found.map(([state, row]) => [state, ...columns.map((column) => row[column] ?? '')]),
  ];
  const widths = [0, ...columns.keys()].map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row)),
  ].join('\n');
}

const block = (name: string): RegExp => new RegExp(`(<!-- measured: ${name} -->)([^]*?)(<!-- end -->)`);

/** The table on the page; first puts the measured one there where `STALK_WRITE_DOCS` is set. */
export function onPage(name: string, measured: string): string | undefined {
  const text = readFileSync(PAGE, 'utf8');
  if (process.env['STALK_WRITE_DOCS'] !== undefined)
    writeFileSync(
      PAGE,
      text.replace(block(name), (_, head, __, end) => `${head}\n\n${measured}\n\n${end}`),
    );
  return block(name).exec(readFileSync(PAGE, 'utf8'))?.[2]?.trim();
}
