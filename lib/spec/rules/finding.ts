// What a rule says when it is broken, and how it is put into words.

import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { namesSecret } from './secret-patterns';
import { quoted, show } from './show';

export { quoted, show };

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
  `${pathText(path)} must ${wanted}, got ${isHidden(path) && got !== NO_VALUE ? HIDDEN : got}; ${fix}`;

const NO_VALUE = show(undefined);
export const HIDDEN = 'a value that is not shown';

/** Somewhere under a name of a secret; `tls.secret` and `auth.secret` hold the name of a Secret. */
const isHidden = (path: Path): boolean =>
  path.some(
    (part, index) =>
      typeof part === 'string' &&
      namesSecret(part) &&
      part !== 'notSecret' &&
      !(part === 'secret' && ['tls', 'auth'].includes(String(path[index - 1]))),
  );

const NONE: readonly Finding[] = [];

/** What is found where a rule does not hold: `unless(a < b, () => ({ … }))`. Words are made for broken rules only. */
export const unless = (holds: boolean, finding: () => Finding): readonly Finding[] =>
  holds ? NONE : [finding()];
