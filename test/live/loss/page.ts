/** The table of docs/operating.md: written from what was measured, or compared with what was promised. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Promised, Story, Told } from './story';

const PAGE = join(__dirname, '../../../docs/operating.md');
const [OPEN, CLOSE] = ['<!-- measured -->\n', '<!-- /measured -->'];

export interface Row {
  readonly story: Story;
  readonly celery: string;
  readonly told: Told;
}

const HEAD = ['fault', 'Celery', 'tasks', 'lost', 'begun again', 'finished twice', 'done after'];

const word = (promised: Promised[keyof Promised], measured: number): string =>
  promised === 'none' ? 'none' : `${promised}: ${measured}`;

const cells = ({ story, celery, told }: Row): string[] => [
  story.fault,
  celery,
  String(told.accepted),
  word(story.promised.lost, told.lost),
  word(story.promised.again, told.again),
  word(story.promised.twice, told.twice),
  `${told.seconds.toFixed(0)} s`,
];

export function write(rows: readonly Row[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const table = [HEAD, HEAD.map(() => ''), ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row, index) => {
    const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0, index === 1 ? '-' : ' '));
    return `| ${padded.join(' | ')} |`; // as prettier has it
  });
  const [before = '', after = ''] = [page.split(OPEN)[0], page.split(CLOSE)[1]];
  writeFileSync(PAGE, `${before}${OPEN}\n${lines.join('\n')}\n\n${CLOSE}${after}`);
}

/** What the page says about a fault: `lost`, `begun again`, `finished twice`, without the numbers. */
export function said(fault: string, celery: string): Promised | undefined {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const row = rows.find(([, first, second]) => first === fault && second === celery);
  if (row === undefined) return undefined;
  const [lost, again, twice] = row.slice(4, 7).map((cell) => cell.split(':')[0]);
  return { lost, again, twice } as Promised;
}
