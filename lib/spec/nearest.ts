// The name that somebody most likely meant.

import { distance } from 'fastest-levenshtein';

/** A slip changes a few letters: more than a third of them, and it is another word. */
const MOST = 1 / 3;

/** As much of a name as says which one it is: `prod` is `production`. */
const SHORT = 3;

/** The nearest of the known names, or undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps || (a.candidate < b.candidate ? -1 : 1));
  if (best === undefined) return undefined;
  const longest = Math.max(name.length, best.candidate.length);
  const begun = known.find((candidate) => name.length >= SHORT && candidate.startsWith(name.toLowerCase()));
  if (begun !== undefined) return begun;
  return best.steps <= Math.max(2, Math.floor(longest * MOST)) ? best.candidate : undefined;
}
