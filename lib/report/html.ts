// A report as one HTML page that needs nothing else: phone, desktop, dark, print, screen reader.

import { svg } from './chart';
import { escaped } from './escape';
import { checksOf, verdictCounts, reportHolds, inSeconds, countsText, worstFirst } from './report';
import type { Check, Report, Section, Table } from './report';
import { STYLE } from './style';

export function reportHtml(report: Report): string {
  const { title, environment, overview, sections } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${environment}: ${result(report)} | ${title}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escaped(title)}</h1>
${verdict(report)}
</header>
${contents(sections)}
<main>
${failures(sections)}
${overview ? `<section aria-label="${escaped(overview.title)}"><h2>${escaped(overview.title)}</h2>\n${plainTable(overview)}</section>` : ''}
${sections.map(section).join('\n')}
</main>
<footer>
<h2>About this report</h2>
${facts(report)}
</footer>
</body>
</html>
`;
}

/** For a tab, a bookmark or a list of reports. */
function result(report: Report): string {
  const { failed } = verdictCounts(checksOf(report));
  if (failed > 0) return `${failed} failed`;
  return reportHolds(report) ? 'all hold' : 'nothing proven';
}

function verdict(report: Report): string {
  const good = reportHolds(report);
  const counts = escaped(countsText(verdictCounts(checksOf(report))));
  const { environment, cluster, started } = report;
  return `<p class="whole ${good ? 'ok' : 'failed'}"><strong>${good ? 'All hold' : 'Not all hold'}</strong> ${counts}<br>
environment <strong>${escaped(environment)}</strong>, cluster <strong>${escaped(cluster)}</strong>, <time>${escaped(toTheMinute(started))}</time></p>`;
}

const toTheMinute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** Everything that failed, whole, before anything that is well. No section has an underscore in its id. */
function failures(sections: readonly Section[]): string {
  const all = sections.flatMap(({ id, title, checks }) =>
    checks.filter(({ verdict }) => verdict === 'failed').map((check) => failure(check, id, title)),
  );
  if (all.length === 0) return '';
  return `<section aria-labelledby="_failed"><h2 id="_failed">What failed</h2>\n${all.join('\n')}\n</section>`;
}

const failure = ({ id, subject, expected, found, detail }: Check, section: string, title: string): string =>
  `<article class="failure"><h3><code>${escaped(id)}</code> ${escaped(subject)}</h3>
<dl class="pair"><div><dt>Expected</dt><dd>${escaped(expected)}</dd></div><div><dt>Found</dt><dd>${escaped(found)}</dd></div></dl>
${noted(detail)}<p class="in">in <a href="#${escaped(section)}">${escaped(title)}</a></p></article>`;

const noted = (detail: string | undefined): string =>
  detail === undefined ? '' : `<p class="detail">${escaped(detail)}</p>`;

const facts = ({ environment, cluster, tenants, started, seconds, command }: Report): string =>
  `<dl>${[
    ['environment', environment],
    ['cluster', cluster],
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
      const { failed } = verdictCounts(checks);
      const mark = failed > 0 ? ` <span class="badge failed">${failed} failed</span>` : '';
      return `<li><a href="#${escaped(id)}">${escaped(title)}</a>${mark}</li>`;
    })
    .join('')}</ul></nav>`;

const section = ({ id, title, checks, tables = [], charts = [] }: Section): string =>
  [
    `<section id="${escaped(id)}" aria-labelledby="${escaped(id)}-title">`,
    `<h2 id="${escaped(id)}-title">${escaped(title)}</h2>`,
    ...(checks.length > 0 ? [rowsOf(title, checks)] : []),
    ...(charts.length > 0 ? [`<div class="charts">${charts.map(svg).join('\n')}</div>`] : []),
    ...tables.map(plainTable),
    '</section>',
  ].join('\n');

/** More rows than this, all well, are folded. */
const MANY = 6;

/** What is well lies below a fold, so that what is not is seen. */
function rowsOf(title: string, checks: readonly Check[]): string {
  const rows = (of: readonly Check[]): string =>
    table({ title: `${title}: checks`, head: HEAD, rows: worstFirst(of).map(row) }, 'checks');
  const well = checks.filter(({ verdict }) => verdict === 'ok');
  if (well.length <= MANY) return rows(checks);
  const others = checks.filter(({ verdict }) => verdict !== 'ok');
  return `${others.length > 0 ? rows(others) : ''}<details><summary>${well.length} checks hold</summary>${rows(well)}</details>`;
}

const HEAD = ['Verdict', 'Check', 'Subject', 'Expected', 'Found', 'Time'];

function row({ id, subject, expected, found, verdict, seconds, detail }: Check): string {
  const cells = [
    `<span class="badge ${verdict}">${verdict}</span>`,
    `<code>${escaped(id)}</code>`,
    escaped(subject),
    escaped(expected),
    // The hint of a failed check stands above
    escaped(found) + (verdict === 'failed' ? '' : noted(detail)),
    escaped(inSeconds(seconds)),
  ];
  return tableRow(HEAD, cells, verdict);
}

const plainTable = ({ title, head, rows }: Table): string =>
  table({ title, head, rows: rows.map((cells) => tableRow(head, cells.map(escaped), 'plain')) }, 'figures');

interface Made {
  readonly title: string;
  readonly head: readonly string[];
  /** HTML. */
  readonly rows: readonly string[];
}

/** Roles are written out: a table loses them when a phone shows its cells below each other. */
const table = ({ title, head, rows }: Made, kind: 'checks' | 'figures'): string =>
  `<table role="table" class="${kind}"><caption>${escaped(title)}</caption>
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
