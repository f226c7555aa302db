// A report as Markdown: tables that a repository, a ticket or a terminal shows.

import { checksOf, verdictCounts, reportHolds, inSeconds, countsText, worstFirst } from './report';
import type { Chart, Check, Report, Section, Table } from './report';

export function reportMarkdown(report: Report): string {
  const { title, command, environment, cluster, tenants, started, seconds, overview, sections } = report;
  return [
    `# ${text(title)}`,
    '',
    `**${reportHolds(report) ? 'All hold' : 'Not all hold'}**: ${countsText(verdictCounts(checksOf(report)))}.`,
    '',
    table({
      title: '',
      head: ['what', 'is'],
      rows: [
        ['environment', environment],
        ['cluster', cluster],
        ['tenants', tenants.join(', ')],
        ['started', started],
        ['took', inSeconds(seconds)],
        ['command', command],
      ],
    }),
    ...(overview ? [`\n## ${text(overview.title)}\n\n${table(overview)}`] : []),
    ...sections.map(section),
  ].join('\n');
}

const section = ({ title, checks, tables = [], charts = [] }: Section): string =>
  [
    `\n## ${text(title)}\n`,
    ...(checks.length > 0 ? [table({ title: '', head: HEAD, rows: worstFirst(checks).map(row) })] : []),
    ...worstFirst(checks).flatMap(note),
    ...[...tables, ...charts.map(figures)].map((one) => `\n### ${text(one.title)}\n\n${table(one)}`),
  ].join('\n');

const HEAD = ['verdict', 'check', 'subject', 'expected', 'found', 'time'];

const row = ({ id, subject, expected, found, verdict, seconds }: Check): string[] => [
  verdict === 'failed' ? '**failed**' : verdict,
  id,
  subject,
  expected,
  found,
  inSeconds(seconds),
];

/** Below the table, as cells have no room for lines. */
const note = ({ id, subject, detail }: Check): string[] =>
  detail === undefined ? [] : [`\n${text(`${id}, ${subject}`)}:\n\n${quoted(detail)}`];

const quoted = (detail: string): string =>
  detail
    .split('\n')
    .map((line) => `> ${text(line)}  `)
    .join('\n');

/** A drawing's figures: one column a series, one row an x. */
function figures({ title, x, y, series, bounds = [] }: Chart): Table {
  const at = new Map<number, Map<string, number>>();
  for (const { name, points } of series) {
    for (const [px, py] of points) at.set(px, new Map([...(at.get(px) ?? []), [name, py]]));
  }
  const limits = bounds.map(({ name, value }) => `${name} ${value}`).join(', ');
  return {
    title: `${title} (${y}${limits === '' ? '' : `; ${limits}`})`,
    head: [x, ...series.map(({ name }) => name)],
    rows: [...at]
      .sort(([a], [b]) => a - b)
      .map(([px, found]) => [String(px), ...series.map(({ name }) => String(found.get(name) ?? ''))]),
  };
}

const table = ({ head, rows }: Table): string =>
  [line(head.map(text)), line(head.map(() => '---')), ...rows.map((cells) => line(cells.map(cell)))].join(
    '\n',
  );

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const cell = (value: string): string => (value === '**failed**' ? value : text(value));

/** One line that means nothing to Markdown or to HTML inside it. */
const text = (value: string): string =>
  value
    .replace(/[\\`*_[\]<>|#~]/g, (mark) => `\\${mark}`)
    .replaceAll('&', '&amp;')
    .replace(/\s*[\r\n]+\s*/g, ' ');
