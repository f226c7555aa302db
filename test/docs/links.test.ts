// Readers find what a page points at, and find every page.

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf, anchorsOf, headingsOf, linksOf, pages, ROOT, textOf } from './pages';

/** Written by a run of `stalk verify`. */
const MADE = 'docs/examples/verify-report.md';
const written = pages.filter((page) => page !== MADE);

const targetOf = (page: string, path: string): string =>
  path === '' ? page : normalize(join(dirname(page), path));

/** As the disk spells it: GitHub tells `README` from `readme`. */
function exists(target: string): boolean {
  const folder = dirname(join(ROOT, target));
  return existsSync(folder) && readdirSync(folder).includes(target.replace(/\/$/, '').split('/').pop() ?? '');
}

function broken(page: string): string[] {
  return linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = targetOf(page, path);
    if (!exists(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

describe('links', () => {
  test.each(pages)('%s links to files and headings that exist', (page) => {
    expect(broken(page)).toEqual([]);
  });

  test.each(pages)('%s links to nothing that a user edits or renders', (page) => {
    const own = linksOf(page).filter((link) =>
      /^(tenants|dist)(\/|$)/.test(targetOf(page, link.split('#')[0] ?? '')),
    );

    expect(own).toEqual([]);
  });

  test('a heading has the anchor that GitHub gives it', () => {
    expect(anchorOf('What `stalk` itself does, on a cluster')).toBe('what-stalk-itself-does-on-a-cluster');
    expect(anchorOf('1. One cdk8s App, our own')).toBe('1-one-cdk8s-app-our-own');
  });
});

describe('the index', () => {
  const linked = (page: string): readonly string[] =>
    linksOf(page).map((link) => targetOf(page, link.split('#')[0] ?? ''));

  test('docs/README.md leads to every page', () => {
    const indexes = ['docs/README.md', 'docs/decisions/README.md', 'docs/runbooks/README.md'];
    const found = new Set(indexes.flatMap(linked));

    const lost = written.filter((page) => !found.has(page) && page !== 'docs/README.md');

    expect(lost).toEqual([]);
  });

  test("the README's contents name each of its sections, in order", () => {
    const contents = [...textOf('README.md').matchAll(/^- \[(.+)\]\(#.+\)$/gm)].map(([, title]) => title);
    const sections = headingsOf('README.md', '##');

    expect(contents).toEqual(sections.slice(sections.indexOf('Contents') + 1));
  });

  test('the README fits a sitting: 300 lines', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(300);
  });
});

describe('a page for somebody who is new here', () => {
  test.each(written)('%s begins with a sentence on what it is for', (page) => {
    const [first = '', second = ''] = textOf(page).split(/\n\n+/);

    expect(first.startsWith('#') ? second : first).toMatch(/^[*A-Z][^|]*[.:*]$/);
  });

  const reference = readdirSync(join(ROOT, 'test', 'reference', 'dist', 'production', 'tenants'));

  test.each(written)('%s looks for the reference tenants in test/reference alone', (page) => {
    const names = reference.join('|');
    const places = textOf(page).match(
      new RegExp(`(?<!test/reference/)\\b(tenants/(${names})\\.ts|dist/\\w+/tenants/(${names})\\b)`, 'g'),
    );

    expect(places ?? []).toEqual([]);
  });

  /** Of discussions that a reader was not part of. */
  const INSIDE = [/\bthe text'?s?\b(?! of)/i, /\bas before\b/i, /\bwhoever\b/i, /\bthe other way round\b/i];

  test.each(written)('%s assumes no earlier discussion', (page) => {
    const found = INSIDE.flatMap((pattern) => textOf(page).match(pattern) ?? []);

    expect(found.map(String)).toEqual([]);
  });
});
