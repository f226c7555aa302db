// Tables of text that fit a terminal: aligned, without the least important columns where it is narrow.

import type { State } from './status';

/** How lines are shown. */
export interface Style {
  /** Of the terminal; absent, lines are as long as they are. */
  readonly columns?: number;
  /** Beside the words, never instead of them. */
  readonly colour: boolean;
}

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly right?: true;
  /** Left out where the terminal is too narrow; the highest first. */
  readonly dispensable?: number;
}

/** The column that is coloured. */
export const STATE = 'STATE';

export interface Row {
  readonly cells: readonly string[];
  readonly state?: State;
  /** Lines below it. */
  readonly notes?: readonly string[];
}

const GAP = '  ';
const INDENT = 4;

/** The first column gives way down to so many characters before another one is left out, and once there is none to these. */
const LEAST = 16;
const ALL_THE_SAME = 6;

export function tableLines(head: readonly Column[], rows: readonly Row[], style: Style): readonly string[] {
  const natural = head.map(({ title }, i) =>
    Math.max(title.length, ...rows.map(({ cells }) => String(cells[i]).length)),
  );
  const shown = fitting(head, natural, style);
  const first = firstWidth(shown, natural, style);
  const widths = natural.map((width, i) => (i === 0 ? first : width));
  const line = (cells: readonly string[], state?: State): string =>
    shown
      .map((i) => painted(head[i], padded(String(cells[i]), Number(widths[i]), head[i]?.right), state, style))
      .join(GAP)
      .trimEnd();
  return [
    line(head.map(({ title }) => title)),
    ...rows.flatMap(({ cells, state, notes = [] }) => [
      line(cells, state),
      ...notes.flatMap((note) => wrapped(note, style, INDENT)),
    ]),
  ];
}

const widthOf = (shown: readonly number[], widths: readonly number[]): number =>
  shown.reduce((sum, i) => sum + Number(widths[i]), 0) + GAP.length * (shown.length - 1);

/** Indices of the columns for which there is room. */
function fitting(
  head: readonly Column[],
  natural: readonly number[],
  { columns = Infinity }: Style,
): readonly number[] {
  const all = head.map((_, i) => i);
  const order = all
    .filter((i) => head[i]?.dispensable !== undefined)
    .sort((a, b) => Number(head[b]?.dispensable) - Number(head[a]?.dispensable));
  const widths = natural.map((width, i) => (i === 0 ? Math.min(width, LEAST) : width));
  const tries = [all, ...order.map((_, count) => all.filter((i) => !order.slice(0, count + 1).includes(i)))];
  return tries.find((shown) => widthOf(shown, widths) <= columns) ?? tries.at(-1) ?? all;
}

const firstWidth = (
  shown: readonly number[],
  [first = 0, ...others]: readonly number[],
  { columns = Infinity }: Style,
): number => Math.min(first, Math.max(ALL_THE_SAME, columns - (widthOf(shown, [first, ...others]) - first)));

function padded(text: string, width: number, right: true | undefined): string {
  const short = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return right ? short.padStart(width) : short.padEnd(width);
}

const COLOURS: Readonly<Record<State, number>> = { critical: 31, warning: 33, unknown: 35, ok: 32 };

const painted = (
  column: Column | undefined,
  text: string,
  state: State | undefined,
  { colour }: Style,
): string =>
  colour && state !== undefined && column?.title === STATE ? `\x1b[${COLOURS[state]}m${text}\x1b[0m` : text;

/** Between words, where there is a terminal that would do it anywhere. */
export function wrapped(text: string, { columns = Infinity }: Style, indent: number): readonly string[] {
  const before = ' '.repeat(indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((one) => cut(one, columns - indent))) {
    if (line !== '' && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => before + one);
}

/** A word that no line has room for. */
const cut = (word: string, room: number): readonly string[] =>
  word.length <= room ? [word] : [word.slice(0, room), ...cut(word.slice(room), room)];
