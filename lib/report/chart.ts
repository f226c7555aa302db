// Lines over a common axis as inline SVG, with the figures for whoever does not see it.

import { escaped } from './escape';
import type { Chart, Series } from './report';

const SIZE = { width: 800, height: 320, left: 64, right: 16, top: 16, bottom: 44 } as const;

/** More colours than anybody tells apart. */
const COLOURS = 6;

/** Lines from the left to the right border at which values are written. */
const STEPS = 4;

interface Range {
  readonly from: number;
  readonly to: number;
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
<ul class="legend">${series.map(({ name }, i) => `<li><i style="color:${colour(i)}"></i>${escaped(name)}</li>`).join('')}</ul></figure>`;
}

const colour = (index: number): string => `var(--c${index % COLOURS})`;

/** Never empty, so that a single figure has a place. */
function rangeOf(values: readonly number[]): Range {
  const from = values.reduce((a, b) => Math.min(a, b));
  const to = values.reduce((a, b) => Math.max(a, b));
  return { from, to: to === from ? from + 1 : to };
}

function place({ from, to }: Range, value: number, axis: 'x' | 'y'): number {
  const share = (value - from) / (to - from);
  const { width, height, left, right, top, bottom } = SIZE;
  const at =
    axis === 'x' ? left + share * (width - left - right) : top + (1 - share) * (height - top - bottom);
  return Math.round(at * 10) / 10;
}

function grid(across: Range, up: Range, x: string): string {
  const { width, height, left, right, bottom } = SIZE;
  const at = ({ from, to }: Range, i: number): number => from + ((to - from) * i) / STEPS;
  const rows = [0, 1, 2, 3, 4].map((i) => {
    const py = place(up, at(up, i), 'y');
    return `<line class="axis" x1="${left}" x2="${width - right}" y1="${py}" y2="${py}"/><text x="${left - 8}" y="${py + 4}" text-anchor="end">${short(at(up, i))}</text>`;
  });
  const columns = [0, 1, 2, 3, 4].map(
    (i) =>
      `<text x="${place(across, at(across, i), 'x')}" y="${height - bottom + 18}" text-anchor="middle">${short(at(across, i))}</text>`,
  );
  const name = `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(x)}</text>`;
  return [...rows, ...columns, name].join('\n');
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

const bound = (name: string, y: number): string =>
  `<line class="bound" x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y}" y2="${y}"/><text x="${SIZE.width - SIZE.right}" y="${y - 4}" text-anchor="end">${escaped(name)}</text>`;

function line({ points }: Series, index: number, across: Range, up: Range): string {
  const path = points.map(([at, value]) => `${place(across, at, 'x')},${place(up, value, 'y')}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour(index)}" stroke-width="2"/>`;
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
