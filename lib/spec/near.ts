// The name that somebody may have meant.

/** Number of letters to add, drop or change. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (const [j, wanted] of [...other].entries()) {
      const change = Number(row[j]) + Number(letter !== wanted);
      next.push(Math.min(change, Number(row[j + 1]) + 1, Number(next[j]) + 1));
    }
    row = next;
  }
  return Number(row.at(-1));
}

/** Another kind of object is further away than another name. */
const KIND_WEIGHT = 3;

/** The likeliest of `known`: names, or `Kind/name`. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [kind = '', ...rest] = name.split('/');
  const far = (other: string): number => {
    const [otherKind = '', ...others] = other.split('/');
    return KIND_WEIGHT * distance(kind, otherKind) + distance(rest.join('/'), others.join('/'));
  };
  const sorted = known
    .map((other) => [far(other), other] as const)
    .sort(([a, first], [b, second]) => a - b || (first < second ? -1 : 1));
  return sorted[0]?.[1];
}
