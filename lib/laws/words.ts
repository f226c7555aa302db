// How findings spell things: values as their author would type them, and the name that was probably meant.

/** `'a'`, `3`, `nothing`; long ones shortened. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return quote(value);
  return shortened(String(JSON.stringify(value)));
}

const LONGEST = 60;

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const quote = (text: string): string => `'${shortened(text.replaceAll('\n', '\\n'))}'`;

/** `a, b and c`; `nothing` where there is none. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  if (names.length === 1) return names.join();
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The name that takes the fewest changes to reach, where they are few for its length. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, steps }) => steps <= Math.max(2, Math.floor(candidate.length / 4)))
    .sort((a, b) => a.steps - b.steps || (a.candidate < b.candidate ? -1 : 1));
  return best?.candidate;
}

/** Letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min(at(next, j) + 1, at(row, j + 1) + 1, at(row, j) + Number(letter !== other)));
    row = next;
  }
  return row.at(-1) ?? a.length;
}

const at = (row: readonly number[], i: number): number => row[i] ?? Number.POSITIVE_INFINITY;

/** Cores as Kubernetes writes them: `1.5`, `220m`. */
export const inCores = (cores: number): string =>
  Number.isInteger(cores) ? String(cores) : `${Math.ceil(cores * 1000 - 1e-6)}m`;

const SIZES = [
  ['Gi', 2 ** 30],
  ['Mi', 2 ** 20],
  ['Ki', 2 ** 10],
] as const;

/** Bytes in the largest unit that holds them without a rest. */
export function inSize(bytes: number): string {
  const unit = SIZES.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}
