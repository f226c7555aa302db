// The name that somebody most likely meant.

import { distance } from 'fastest-levenshtein';

/** A slip changes a few letters: more than a third of them, and it is another word. */
const MOST = 1 / 3;

/** As much of a name as says which one it is: `prod` is `production`, and `devel` is `dev`. */
const SHORT = 3;

/** The nearest of the known names, or undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, steps: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps || (a.candidate < b.candidate ? -1 : 1));
  if (best === undefined) return undefined;
  const longest = Math.max(name.length, best.candidate.length);
  const begun = known.find((candidate) => begins(name, candidate) || begins(candidate, name));
  if (begun !== undefined) return begun;
  const near = best.steps <= Math.max(1, Math.floor(longest * MOST)) || swapped(name, best.candidate);
  return near ? best.candidate : undefined;
}

const begins = (short: string, long: string): boolean =>
  short.length >= SHORT && long.toLowerCase().startsWith(short.toLowerCase());

/** `mian` is `main`: the same letters, and two of them in each other's place. */
const swapped = (name: string, candidate: string): boolean =>
  name.length === candidate.length && sorted(name) === sorted(candidate);

const sorted = (name: string): string => [...name.toLowerCase()].sort().join('');
