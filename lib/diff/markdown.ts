// A comparison as a comment on a merge request: a summary first, the rest folded, and short enough for GitHub.

import { gathered, paragraphs, placesOf } from './group';
import type { Paragraph } from './group';
import { TYPES } from './model';
import type { Diff } from './model';
import { fieldLines } from './text';
import { plural, reasonText, STOPS, summaryOf, TITLES } from './words';

/** Characters: GitHub takes 65,536 in a comment, GitLab a million. */
const LONGEST = 65_000;

/** For the line that says what was left out. */
const RESERVE = 200;

const MOST_FOLDERS = 12;

export function diffMarkdown(diff: Diff): string {
  const head = [
    `### Stalk: ${code(diff.before)} → ${code(diff.after)}: ${summaryOf(diff)}`,
    '',
    ...TYPES.flatMap((type) => bullet(diff, type)),
    ...diff.notes.map((note) => `- note: ${escaped(note)}`),
  ].join('\n');
  const details = [...TYPES.flatMap((type) => section(diff, type)), ...objects(diff)];
  return fitting(head, details);
}

/** Whole sections only: a cut one would leave its HTML open. */
function fitting(head: string, details: readonly string[]): string {
  const lines: string[] = [head.slice(0, LONGEST - RESERVE)];
  let room = LONGEST - RESERVE - head.length;
  let left = 0;
  for (const detail of details) {
    room -= detail.length + 2;
    if (room > 0) lines.push(detail);
    else left += 1;
  }
  if (left > 0)
    lines.push(
      `_${plural(left, 'section')} left out, as a comment has an end: run \`npx stalk diff --all\`._`,
    );
  return lines.join('\n\n');
}

function bullet(diff: Diff, type: (typeof TYPES)[number]): readonly string[] {
  const found = diff.consequences.filter((one) => one.type === type);
  if (found.length === 0) return [];
  const [title] = TITLES[type];
  const environments = [...new Set(found.map(({ subject }) => subject.environment))].join(', ');
  const names = [...new Set(found.map(({ subject }) => subject.name))];
  const first = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [
    `- ${STOPS.has(type) ? '⚠️ ' : ''}**${title}**: ${found.length} in ${environments} (${escaped(first)}${more})`,
  ];
}

function section(diff: Diff, type: (typeof TYPES)[number]): readonly string[] {
  const found = paragraphs(diff.consequences, type);
  if (found.length === 0) return [];
  const [title, meaning] = TITLES[type];
  const body = found.map(item).join('\n');
  return [
    folded(
      title,
      [...(meaning === '' ? [] : [`${sentence(escaped(meaning))}`, '']), body].join('\n'),
      STOPS.has(type),
    ),
  ];
}

function item({ reasons, subjects, steps }: Paragraph): string {
  const [first = '', ...rest] = reasons.map((reason) => code(reasonText(reason)));
  return [
    `- ${[first, ...rest].join('<br>')}`,
    ...placesOf(subjects, MOST_FOLDERS).map((place) => `  - ${escaped(place)}`),
    ...steps.map((step, i) => `  ${i + 1}. ${step.startsWith('kubectl') ? code(step) : escaped(step)}`),
  ].join('\n');
}

/** Every field, a section a folder, so that as much as has room is there. */
function objects({ changes }: Diff): readonly string[] {
  const folders = gathered(
    changes.map((change) => [`${change.environment}/${change.folder}`, change] as const),
  );
  return [...folders].map(([folder, found]) => {
    const lines = found.flatMap(fieldLines).map((line) => line.replace(/^ {4}/, ''));
    return folded(
      `${folder} (${found.length})`,
      ['```', ...lines.map((line) => line.replaceAll('```', "'''")), '```'].join('\n'),
    );
  });
}

const folded = (title: string, body: string, open = false): string =>
  `<details${open ? ' open' : ''}><summary>${escaped(title)}</summary>\n\n${body}\n\n</details>`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Between more backticks than it has. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (char) => HTML[char] ?? char).replace(/([*_`|\\])/g, '\\$1');

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
