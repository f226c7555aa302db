// What verify and loadtest found, as data and as Markdown, JSON and one HTML page.

export { reportHtml } from './html';
export { reportJson } from './json';
export { reportMarkdown } from './markdown';
export { checksOf, verdictCounts, reportHolds, inSeconds, countsText, checkLine } from './report';
export type { Chart, Check, Counts, Report, Section, Series, Table, CheckVerdict } from './report';
