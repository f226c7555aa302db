// What a rule says when it is broken, and how it is put into words.

import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';

/** Where a value stands, from the tenant or the environment downwards. */
export type Path = readonly (string | number)[];

/** One broken rule: `<path> must <wanted>, got <got>; <fix>`. */
export interface Finding {
  readonly path: Path;
  readonly wanted: string;
  readonly got: string;
  readonly fix: string;
}

/** A rule about one tenant in one environment; `asked` is what was typed, with its overlay on. */
export interface Rule {
  readonly what: string;
  readonly of: (tenant: ResolvedTenant, asked: Tenant) => readonly Finding[];
}

/** A path as a person would type it: `egress[0].ports`, `beat.schedule["nightly.report"]`. */
export const pathText = (path: Path): string => path.map(segment).join('').replace(/^\./, '');

const segment = (part: string | number): string => {
  if (typeof part === 'number') return `[${part}]`;
  return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
};

export const sentence = ({ path, wanted, got, fix }: Finding): string =>
  `${pathText(path)} must ${wanted}, got ${got}; ${fix}`;

/** Longest value that still reads as part of a sentence. */
const LONGEST = 80;

/** User and password of a URL, which a log must not keep. */
const PASSWORD = /:\/\/[^@/]*@/g;

/** A value as part of a sentence: plain where it is one word, as JSON where it is not. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = (
    typeof value === 'string' && /^[\w.:/@*-]+$/.test(value) ? value : JSON.stringify(value)
  ).replace(PASSWORD, '://…@');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** `"a", "b" and 3 more`: names in quotes, a few of them. */
export function quoted(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const NONE: readonly Finding[] = [];

/** What is found where a rule does not hold: `unless(a < b, () => ({ … }))`. Words are made for broken rules only. */
export const unless = (holds: boolean, finding: () => Finding): readonly Finding[] =>
  holds ? NONE : [finding()];
