// What a kind of value is, and how its words are made better by guessing what was meant.

import { show } from './finding';
import type { Finding } from './finding';

/** What is wrong with a value, with paths from there on; an absent optional value is never asked about. */
export type Kind = (value: unknown) => readonly Finding[];

export const NOTHING: readonly Finding[] = [];

/** What a person typed, with a number as it stands; nothing of all else, which may not be put into words at all. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export interface Words {
  readonly wanted: string;
  readonly fix: string;
}

/** A value that passes a test, or one finding in these words. */
export const that =
  (test: (value: unknown) => boolean, words: Words): Kind =>
  (value) =>
    test(value) ? NOTHING : [{ path: [], ...words, got: show(value) }];

/** Of a wrong value, what it was likely meant to be, as a fix; or nothing. */
export type Hint = (value: unknown) => string | undefined;

/** The same kind, whose fix says what the author likely meant. */
export const hinted =
  (kind: Kind, hint: Hint): Kind =>
  (value) => {
    const found = kind(value);
    const [first] = found;
    const fix = first?.path.length === 0 ? hint(value) : undefined;
    return first === undefined || fix === undefined ? found : [{ ...first, fix }, ...found.slice(1)];
  };

/** Proposes what a guess makes of a wrong value, if that is a right one. */
export const proposing = (kind: Kind, guess: (value: unknown) => string | undefined): Kind =>
  hinted(kind, (value) => {
    const meant = guess(value);
    return meant !== undefined && kind(meant).length === 0 ? `write ${show(meant)}` : undefined;
  });

/** First guesses by what they look like, and what to do instead. */
export const guesses =
  (table: readonly (readonly [looks: RegExp, fix: string])[]): Hint =>
  (value) =>
    typeof value === 'string' ? table.find(([looks]) => looks.test(value))?.[1] : undefined;
