// Tables of the docs that are rendered from code; STALK_WRITE_DOCS=1 writes them anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const block = (name: string): RegExp => new RegExp(`(<!-- rendered: ${name} -->)([^]*?)(<!-- end -->)`);

/** What stands on the page between the marks of a table. */
export function onPage(page: string, name: string, rendered: string): string | undefined {
  const path = join(__dirname, '..', '..', 'docs', page);
  if (process.env['STALK_WRITE_DOCS'] !== undefined)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(
        block(name),
        (_, head, __, end) => `${head}\n\n${rendered}\n\n${end}`,
      ),
    );
  return block(name).exec(readFileSync(path, 'utf8'))?.[2]?.trim();
}

/** Markdown as prettier leaves it. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((cells) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0, fill)).join(' | ')} |`;
  const parted = line(
    head.map(() => ''),
    '-',
  );
  return [line(head), parted, ...rows.map((cells) => line(cells))].join('\n');
}
