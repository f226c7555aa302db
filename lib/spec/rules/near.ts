// The name that a misspelt one was meant to be.

/** Of these names, the nearest to `typed`, if any is near enough to be meant. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .filter((name) => name !== typed)
    .map((name) => [distance(typed.toLowerCase(), name.toLowerCase()), name] as const)
    .sort(([a], [b]) => a - b);
  return best !== undefined && best[0] <= tolerance(typed) ? best[1] : undefined;
}

/** One slip in a short name, two in one of six letters or more: `dev` is not meant by `prod`. */
const tolerance = ({ length }: string): number => (length < 6 ? 1 : 2);

/** Letters to add, leave out, change or swap with their neighbour (Damerau-Levenshtein, optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [cost(row, j - 1, 1), cost(last, j, 1), cost(last, j - 1, same ? 0 : 1)];
      row.push(Math.min(...steps, ...(swapped ? [cost(before, j - 2, 1)] : [])));
    }
    [before, last] = [last, row];
  }
  return cost(last, b.length, 0);
}

const cost = (row: readonly number[], at: number, more: number): number => Number(row[at]) + more;
