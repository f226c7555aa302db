/** What breaks an upgrade from the last release, and whether CHANGELOG.md says so. */
import type { FieldChange, Item } from '../../lib/diff';
import { compare } from '../../lib/diff/compare';
import { byVersion } from './record';

/** A promise that is not kept, in one or more places. */
export interface Break {
  /** `StatefulSet/redis` */
  readonly object: string;
  /** A path, or `removed`, or `moved`. */
  readonly field: string;
  readonly told: string;
  /** `dev tenants/acme` */
  readonly places: readonly string[];
}

/** Each once, however many tenants it meets. */
export function breaksOf(before: readonly Item[], after: readonly Item[]): readonly Break[] {
  const found = new Map<string, Break>();
  for (const change of compare(before, after)) {
    const object = `${change.kind}/${change.name}`;
    for (const { field, told } of promisesBroken(change)) {
      const place = `${change.environment} ${change.folder}`;
      const known = found.get(`${object} ${field}`);
      const places = known ? [...known.places, place] : [place];
      found.set(`${object} ${field}`, { object, field, told: known ? known.told : told, places });
    }
  }
  return [...found.values()];
}

type Broken = Pick<Break, 'field' | 'told'>;

function promisesBroken({
  how,
  from,
  folder,
  fields,
}: ReturnType<typeof compare>[number]): readonly Broken[] {
  if (how === 'added') return [];
  if (how === 'removed') return [{ field: 'removed', told: 'it is no longer rendered under this name' }];
  const moved =
    how === 'moved' ? [{ field: 'moved', told: `it lies in ${folder} and no longer in ${from}` }] : [];
  return [
    ...moved,
    ...fields
      .filter((field) => !isHarmless(field))
      .map((field) => ({ field: field.path, told: valuesOf(field) })),
  ];
}

/** One more label or port takes nothing from anybody. */
const isHarmless = ({ path, before }: FieldChange): boolean =>
  before === undefined && /^spec\.(template\.metadata\.labels|ports)\b/.test(path);

const valuesOf = ({ before = 'nothing', after = 'nothing' }: FieldChange): string => `${before} → ${after}`;

/** A line of a section `### Breaking`: an object, a field and all below it. */
export interface Announcement {
  readonly object: string;
  readonly field: string;
}

/** What the changelog announces above the section of `version`. */
export function announcedSince(changelog: string, version: string): readonly Announcement[] {
  const sections = changelog.split(/^## /m).slice(1);
  const newer = sections.filter((section) => {
    const [, released] = /^\[?(\d+\.\d+\.\d+)/.exec(section) ?? [];
    return released === undefined || byVersion(released, version) > 0;
  });
  return newer
    .flatMap((section) => section.split(/^### /m).filter((part) => part.startsWith('Breaking')))
    .flatMap((part) => [...part.matchAll(/^- `([^`\s]+)` `([^`]+)`: \S/gm)])
    .map(([, object = '', field = '']) => ({ object, field }));
}

export const unannounced = (breaks: readonly Break[], announced: readonly Announcement[]): readonly Break[] =>
  breaks.filter(
    ({ object, field }) =>
      !announced.some((one) => one.object === object && (field === one.field || isBelow(field, one.field))),
  );

const isBelow = (path: string, parent: string): boolean =>
  path.startsWith(parent) && /^[.[ ]/.test(path.slice(parent.length));

/** What the author of the change has to write. */
export function complaint(breaks: readonly Break[], version: string): string | undefined {
  if (breaks.length === 0) return undefined;
  const lines = breaks.map(({ object, field, told, places: [first, ...others] }) => {
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return `  ${object} ${field}: ${told} (${first}${more})`;
  });
  return [
    `what ${version} promised must stay, or be announced in CHANGELOG.md:`,
    ...lines,
    'write below "## Unreleased" and "### Breaking", with what a person does about it:',
    ...breaks.map(({ object, field }) => `- \`${object}\` \`${field}\`: …`),
    `if only a fixture of test/reference changed, or ${version} is not published yet: npm run release:record`,
  ].join('\n');
}
