/** Prints what the load tests measured, and writes it into docs/load.md where STALK_WRITE_DOCS is set. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import type { Figures } from '../../../lib/loadtest/figures';
import { details, rowsOf } from '../../../lib/loadtest/verdicts';

export interface Run {
  readonly title: string;
  readonly figures: Figures;
}

const DOCS = join(__dirname, '../../../docs/load.md');
const PART = /(<!-- measured -->\n)[^]*(\n<!-- measured end -->)/;

export function report(runs: readonly Run[]): void {
  const text = [machine(), table(judged(runs)), table(more(runs))].join('\n\n');
  console.info(text);
  if (!process.env['STALK_WRITE_DOCS']) return;
  const page = readFileSync(DOCS, 'utf8');
  writeFileSync(
    DOCS,
    page.replace(PART, (_, begin: string, end: string) => `${begin}\n${text}\n${end}`),
  );
}

/** A crowded machine is a slow one. */
const machine = (): string =>
  `${cpus().length} cores, for Redis, worker, load and tests together; ` +
  `processes that wanted one (load average): ${loadavg()[0]?.toFixed(1)}.`;

type Cells = readonly string[];

function judged(runs: readonly Run[]): Cells[] {
  const all = runs.map(({ figures }) => rowsOf(figures));
  const rows = (all[0] ?? []).map((row, i): Cells => [
    row.figure,
    ...all.map((of) => `${of[i]?.measured}: ${of[i]?.verdict}`),
    row.expected,
    row.acceptable,
    row.investigate,
  ]);
  const titles = runs.map(({ title }) => title);
  return [['figure', ...titles, 'expected', 'acceptable', 'needs investigation'], ...rows];
}

function more(runs: readonly Run[]): Cells[] {
  const all = runs.map(({ figures }) => details(figures));
  const rows = (all[0] ?? []).map(([name], i): Cells => [name, ...all.map((of) => of[i]?.[1] ?? '')]);
  return [['beside that', ...runs.map(({ title }) => title)], ...rows];
}

function table([head = [], ...rows]: readonly Cells[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: Cells): string => `| ${cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
