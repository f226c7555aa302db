// Lines over a common axis as inline SVG, with the figures for readers who cannot see it.

import { escaped } from './escape';
import type { Chart, Series } from './report';

/** Small, so that its letters are no smaller than 11 px on a phone of 390 px, of which 358 are the drawing's. */
const SIZE = { width: 420, height: 250, left: 46, right: 18, top: 10, bottom: 42 } as const;

/** More colours than anybody tells apart. */
const COLOURS = 6;

/** Parts of an axis between values that are written, at most one more. */
const PARTS = 4;

/** Steps that a person counts in, in each power of ten. */
const ROUND = [1, 2, 2.5, 5, 10] as const;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export function svg(chart: Chart): string {
  const { title, x, y, series, bounds = [] } = chart;
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) return `<figure><figcaption>${escaped(title)}: no figures</figcaption></figure>`;
  const across = rangeOf(points.map(([at]) => at));
  const up = rangeOf([0, ...points.map(([, value]) => value), ...bounds.map(({ value }) => value)]);
  return `<figure><figcaption>${escaped(title)} (${escaped(y)} over ${escaped(x)})</figcaption>
<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escaped(spoken(chart))}">
${grid(across, up, x)}
${bounds.map(({ name, value }) => bound(name, place(up, value, 'y'))).join('\n')}
${series.map((one, i) => line(one, i, across, up)).join('\n')}
</svg>
<ul class="legend">${series.map(({ name }, i) => `<li><i class="${dash(i)}" style="color:${colour(i)}"></i>${escaped(name)}</li>`).join('')}</ul></figure>`;
}

/** Lines differ in more than colour: for print, and for readers who cannot tell colours apart. */
const dash = (index: number): string => (index % 2 === 0 ? 'unbroken' : 'broken');

const colour = (index: number): string => `var(--c${index % COLOURS})`;

/** From one round value to another, and never empty, so that a single figure has a place. */
function rangeOf(values: readonly number[]): Range {
  const least = values.reduce((a, b) => Math.min(a, b));
  const highest = values.reduce((a, b) => Math.max(a, b));
  const most = highest === least ? least + 1 : highest;
  const part = (most - least) / PARTS;
  const power = 10 ** Math.floor(Math.log10(part));
  const step = power * Number(ROUND.find((one) => one * power >= part * (1 - ROUNDING)));
  const from = Math.floor(least / step + ROUNDING) * step;
  const to = Math.ceil(most / step - ROUNDING) * step;
  return { from, to, step };
}

/** A share of a step that is no difference. */
const ROUNDING = 1e-9;

function place({ from, to }: Pick<Range, 'from' | 'to'>, value: number, axis: 'x' | 'y'): number {
  const share = (value - from) / (to - from);
  const { width, height, left, right, top, bottom } = SIZE;
  const at =
    axis === 'x' ? left + share * (width - left - right) : top + (1 - share) * (height - top - bottom);
  return Math.round(at * 10) / 10;
}

function grid(across: Range, up: Range, x: string): string {
  const { width, height, left, right, bottom } = SIZE;
  const rows = marks(up).map((value) => {
    const py = place(up, value, 'y');
    return `<line class="axis" x1="${left}" x2="${width - right}" y1="${py}" y2="${py}"/><text x="${left - 6}" y="${py + 4}" text-anchor="end">${written(value, up)}</text>`;
  });
  const columns = marks(across).map(
    (value) =>
      `<text x="${place(across, value, 'x')}" y="${height - bottom + 17}" text-anchor="middle">${written(value, across)}</text>`,
  );
  const name = `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(x)}</text>`;
  return [...rows, ...columns, name].join('\n');
}

const marks = ({ from, to, step }: Range): readonly number[] =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);

/** With the digits in which one mark differs from the next. */
const written = (value: number, { step }: Range): string =>
  String(Number(value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(step))))));

const short = (value: number): string => String(Number(value.toPrecision(3)));

const bound = (name: string, y: number): string =>
  `<line class="bound" x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y}" y2="${y}"/><text x="${SIZE.width - SIZE.right}" y="${y - 4}" text-anchor="end">${escaped(name)}</text>`;

function line({ points }: Series, index: number, across: Range, up: Range): string {
  const path = points.map(([at, value]) => `${place(across, at, 'x')},${place(up, value, 'y')}`).join(' ');
  return `<polyline class="${dash(index)}" points="${path}" fill="none" stroke="${colour(index)}" stroke-width="2"/>`;
}

/** What a drawing says, in a sentence. */
const spoken = ({ title, y, series, bounds = [] }: Chart): string =>
  [
    `${title}, ${y}.`,
    ...series.map(({ name, points }) => {
      const values = points.map(([, value]) => value);
      const { from, to } =
        values.length > 0 ? { from: Math.min(...values), to: Math.max(...values) } : { from: 0, to: 0 };
      return `${name}: ${short(from)} to ${short(to)}.`;
    }),
    ...bounds.map(({ name, value }) => `${name}: ${short(value)}.`),
  ].join(' ');
