// A report as one HTML page that needs nothing else: phone, desktop, dark, print, screen reader.

import { svg } from './chart';
import { escaped } from './escape';
import { checksOf, countsOf, holds, inSeconds, told } from './report';
import type { Check, Report, Section, Table } from './report';
import { STYLE } from './style';

export function html(report: Report): string {
  const { title, environment, sections } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${title}: ${environment}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
${verdict(report)}
${facts(report)}
</header>
${contents(sections)}
<main>
${sections.map(section).join('\n')}
</main>
</body>
</html>
`;
}

function verdict(report: Report): string {
  const good = holds(report);
  const counts = escaped(told(countsOf(checksOf(report))));
  return `<p class="whole ${good ? 'ok' : 'failed'}"><strong>${good ? 'All hold' : 'Not all hold'}</strong> ${counts}</p>`;
}

const facts = ({ environment, tenants, started, seconds, command }: Report): string =>
  `<dl>${[
    ['environment', environment],
    ['tenants', tenants.join(', ')],
    ['started', started],
    ['took', inSeconds(seconds)],
    ['command', command],
  ]
    .map(([name = '', value = '']) => `<div><dt>${name}</dt><dd>${escaped(value)}</dd></div>`)
    .join('')}</dl>`;

const contents = (sections: readonly Section[]): string =>
  `<nav aria-label="Sections"><ul>${sections
    .map(({ id, title, checks }) => {
      const { failed } = countsOf(checks);
      const mark = failed > 0 ? ` <span class="badge failed">${failed} failed</span>` : '';
      return `<li><a href="#${escaped(id)}">${escaped(title)}</a>${mark}</li>`;
    })
    .join('')}</ul></nav>`;

const section = ({ id, title, checks, tables = [], charts = [] }: Section): string =>
  [
    `<section id="${escaped(id)}" aria-labelledby="${escaped(id)}-title">`,
    `<h2 id="${escaped(id)}-title">${escaped(title)}</h2>`,
    ...(checks.length > 0 ? [table(`${title}: checks`, HEAD, checks.map(row))] : []),
    ...charts.map(svg),
    ...tables.map(plainTable),
    '</section>',
  ].join('\n');

const HEAD = ['Verdict', 'Check', 'Subject', 'Expected', 'Found', 'Time'];

function row({ id, subject, expected, found, verdict, seconds, detail }: Check): string {
  const cells = [
    `<span class="badge ${verdict}">${verdict}</span>`,
    `<code>${escaped(id)}</code>`,
    escaped(subject),
    escaped(expected),
    escaped(found) + (detail === undefined ? '' : `<p class="detail">${escaped(detail)}</p>`),
    escaped(inSeconds(seconds)),
  ];
  return tableRow(HEAD, cells, verdict);
}

const plainTable = ({ title, head, rows }: Table): string =>
  table(
    title,
    head,
    rows.map((cells) => tableRow(head, cells.map(escaped), 'plain')),
  );

/** Roles are said again, as a table whose cells are laid out below each other on a phone loses them. */
const table = (caption: string, head: readonly string[], rows: readonly string[]): string =>
  `<table role="table"><caption>${escaped(caption)}</caption>
<thead role="rowgroup"><tr role="row">${head
    .map((name) => `<th role="columnheader" scope="col">${escaped(name)}</th>`)
    .join('')}</tr></thead>
<tbody role="rowgroup">
${rows.join('\n')}
</tbody></table>`;

/** `cells` are HTML; each carries its column's name for the narrow layout. */
const tableRow = (head: readonly string[], cells: readonly string[], kind: string): string =>
  `<tr role="row" class="${kind}">${cells
    .map((cell, i) => `<td role="cell" data-label="${escaped(String(head[i]))}"><div>${cell}</div></td>`)
    .join('')}</tr>`;
