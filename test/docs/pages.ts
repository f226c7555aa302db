// The pages of the docs, and what is looked at in them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

export const pages: readonly string[] = ['README.md', ...markdown('docs')];

function markdown(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))
    .sort();
}

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** A fenced block of code, with the file that the comment above it names. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly file?: string;
  readonly code: string;
}

const FENCE = /(?:<!-- (\S+) -->\n+)?^```(\w*)\n([\s\S]*?)^```$/gm;

export const blocksOf = (page: string): readonly Block[] =>
  [...textOf(page).matchAll(FENCE)].map(([, file, language = '', code = '']) => ({
    page,
    language,
    ...(file !== undefined && { file }),
    code,
  }));

/** Without fenced code, where `[a](b)` and `# a` are no Markdown. */
const proseOf = (page: string): string => textOf(page).replaceAll(FENCE, '');

/** Targets of a page's links into the repository: `path#anchor`, relative to the page. */
export const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);

/** What GitHub makes of each heading of a page; the second of a name is `name-1`. */
export function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return headingsOf(page).map((heading) => {
    const anchor = anchorOf(heading);
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

export const headingsOf = (page: string, level = '#{1,6}'): readonly string[] =>
  [...proseOf(page).matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, heading = '']) => heading);

export const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/[`*]|\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
