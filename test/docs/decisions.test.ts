// Each decision has its date, its parts and a line in the index.

import { basename } from 'node:path';
import { headingsOf, pages, textOf } from './pages';

const INDEX = 'docs/decisions/README.md';
const decisions = pages.filter((page) => /^docs\/decisions\/\d{4}-[\w-]+\.md$/.test(page));

/** Number, name, link, date of the last cell: `2026-11-21, changed 2026-11-28`. */
const rows = [
  ...textOf(INDEX).matchAll(/^\| \[(?<number>\d+)\]\((?<file>[\w-]+\.md)\) .*\| (?<since>[^|]+?) +\|$/gm),
].map(({ groups = {} }) => groups);

const DATE = String.raw`\d{4}-\d{2}-\d{2}`;
const FRONT = new RegExp(
  `^Date: (?<since>${DATE}(, changed ${DATE})?)\\. Status: (accepted|superseded by \\[\\d+\\]\\(\\d{4}-[\\w-]+\\.md\\))\\.$`,
  'm',
);

/** A page of A4, tables and lists included. */
const ONE_PAGE = 900;

const partsOf = (page: string): readonly string[] =>
  [...textOf(page).matchAll(/^\*\*(Context|Decision|Rejected|Consequences)\.\*\*/gm)].map(
    ([, part = '']) => part,
  );

test.each(decisions)('%s has a date and a status below its title', (page) => {
  expect(textOf(page).split('\n\n')[1]).toMatch(FRONT);
});

test.each(decisions)('%s has context, decision, rejected alternatives and consequences, in order', (page) => {
  expect(partsOf(page)).toEqual(['Context', 'Decision', 'Rejected', 'Consequences']);
});

test.each(decisions)('%s has a reason for each rejected alternative', (page) => {
  const [, rejected = ''] = /^\*\*Rejected\.\*\* ([^]*?)\n\n\*\*/m.exec(textOf(page)) ?? [];

  expect(rejected).toMatch(/^_[^]+?_: \S/);
});

test.each(decisions)('%s fits one page', (page) => {
  expect(textOf(page).split(/\s+/).length).toBeLessThanOrEqual(ONE_PAGE);
});

test.each(decisions)('%s has the number of its file in its title', (page) => {
  const [title = ''] = headingsOf(page, '#');

  expect(title).toMatch(new RegExp(`^${Number(basename(page).slice(0, 4))}\\. `));
});

test('the index lists every decision once, in order', () => {
  expect(rows.map(({ file }) => file)).toEqual(decisions.map((page) => basename(page)));
});

test.each(rows)('the index has the number and the dates of $file', ({ number, file, since }) => {
  expect(Number(number)).toBe(Number(file?.slice(0, 4)));
  expect(FRONT.exec(textOf(`docs/decisions/${file}`))?.groups?.['since']).toBe(since);
});
