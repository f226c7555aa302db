// What verify and loadtest found, as data and as Markdown, JSON and one HTML page.

export { html } from './html';
export { json } from './json';
export { markdown } from './markdown';
export { checksOf, countsOf, holds, inSeconds, told } from './report';
export type { Chart, Check, Counts, Report, Section, Series, Table, Verdict } from './report';
