// A comparison for the terminal: consequences first, each told once.

import { counted, gathered, paragraphs, placesOf, shortFolder } from './group';
import type { Paragraph } from './group';
import { TYPES } from './model';
import type { Change, Diff } from './model';
import { otherChanges } from './others';
import type { OtherChanges } from './others';
import { plural, reasonText, summaryOf, TITLES, valueText } from './words';

export interface TextOptions {
  /** Every object with every field. */
  readonly all: boolean;
}

/** Folders, reasons and groups beyond these are counted. */
const MOST_FOLDERS = 6;
const MOST_REASONS = 8;
const MOST_OTHERS = 12;

export function diffText(diff: Diff, { all }: TextOptions): string {
  const head = `${diff.before} → ${diff.after}: ${summaryOf(diff)}`;
  const limits = all ? UNLIMITED : LIMITED;
  const sections = TYPES.flatMap((type) => {
    const found = paragraphs(diff.consequences, type);
    if (found.length === 0) return [];
    const [title, meaning] = TITLES[type];
    return [
      [
        `${title}${meaning === '' ? '' : `: ${meaning}`}`,
        ...found.flatMap((one) => paragraphLines(one, limits)),
      ],
    ];
  });
  const notes = diff.notes.map((note) => `note: ${note}`);
  const parts = [[head], ...sections, all ? everything(diff.changes) : others(otherChanges(diff)), notes];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

interface Limits {
  readonly folders: number;
  readonly reasons: number;
}

const LIMITED: Limits = { folders: MOST_FOLDERS, reasons: MOST_REASONS };
const UNLIMITED: Limits = { folders: Infinity, reasons: Infinity };

function paragraphLines({ type, reasons, subjects, steps }: Paragraph, limits: Limits): readonly string[] {
  const places = placesOf(subjects, limits.folders);
  if (type === 'arrives' || type === 'leaves')
    return reasons.map((reason) => `  ${nounOf(reason.what)} in ${places.join('; ')}`);
  const shownReasons = reasons.slice(0, limits.reasons).map((reason) => `  ${reasonText(reason)}`);
  const more =
    reasons.length > limits.reasons
      ? [`  and ${plural(reasons.length - limits.reasons, 'more reason')}`]
      : [];
  const same = subjects.length > 1 && steps.length > 1 ? [`    the same for the others`] : [];
  return [
    ...shownReasons,
    ...more,
    ...places.map((place) => `    ${place}`),
    ...steps.map((step, i) => `    ${steps.length > 1 ? `${i + 1}. ` : ''}${step}`),
    ...same,
  ];
}

const nounOf = (folder: string): string =>
  folder.startsWith('tenants/') ? `tenant ${shortFolder(folder)}` : shortFolder(folder);

function others(groups: readonly OtherChanges[]): readonly string[] {
  if (groups.length === 0) return [];
  const lines = groups.slice(0, MOST_OTHERS).map(({ how, object, paths, changes }) => {
    const where = [...new Set(changes.map(({ environment }) => environment))].join(', ');
    const inside = counted([...new Set(changes.map(({ folder }) => shortFolder(folder)))], MOST_FOLDERS);
    const fields = paths.length === 0 ? '' : `: ${counted(paths, MOST_PATHS)}`;
    return `  ${how} ${object}${fields} (${inside} in ${where})`;
  });
  const more =
    groups.length > MOST_OTHERS ? [`  and ${plural(groups.length - MOST_OTHERS, 'more group')}`] : [];
  return ['Other changes (--all shows every field)', ...lines, ...more];
}

const MOST_PATHS = 3;

function everything(changes: readonly Change[]): readonly string[] {
  const folders = gathered(
    changes.map((change) => [`${change.environment}/${change.folder}`, change] as const),
  );
  const lines = [...folders].flatMap(([folder, found]) => [`  ${folder}`, ...found.flatMap(fieldLines)]);
  return lines.length === 0 ? [] : ['Every change', ...lines];
}

export const fieldLines = ({ how, kind, name, from, fields }: Change): readonly string[] => [
  `    ${how} ${kind}/${name}${from === undefined ? '' : ` from ${from}`}`,
  ...fields.map((field) => `      ${field.path}${valueText(field)}`),
];
