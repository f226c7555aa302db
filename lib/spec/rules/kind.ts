// What a form is, and how its words are made better by guessing what was meant.

import { show } from './finding';
import type { Finding } from './finding';

/** Says what is wrong with a value, with paths from there on; an absent optional value is never asked about. */
export type Find = (value: unknown) => readonly Finding[];

declare const TYPE: unique symbol;

/**
 * How a value of `T` is written: exactly of `T`, so that a union and the form of it cannot differ. `shape` says how one
 * such value is laid over another; without one it takes the place of the other.
 */
export interface Form<T> extends Find {
  readonly [TYPE]: (value: T) => T;
  readonly shape?: Shape;
  readonly schema?: Schema;
}

/** A form whose type is of no interest where it is walked. */
export type AnyForm = Find & { readonly shape?: Shape; readonly schema?: Schema };

/** How the parts of a value are laid over those of another. */
export type Shape =
  /** A record of known props. */
  | {
      readonly kind: 'props';
      readonly props: Readonly<Record<string, AnyForm>>;
      readonly required: readonly string[];
      readonly defaults?: AnyRecord;
    }
  /** A record by names that the author chooses. */
  | { readonly kind: 'names'; readonly name: AnyForm; readonly entry: AnyForm }
  /** Records told apart by the prop that only one of them has; what both have stays where one takes the other's place. */
  | { readonly kind: 'marked'; readonly byMark: Readonly<Record<string, AnyForm>> }
  /** Records told apart by the value of one prop; another value begins a new record. */
  | { readonly kind: 'named'; readonly key: string; readonly byName: Readonly<Record<string, AnyForm>> }
  /** Records with nothing in common, told apart by a prop of one of them: one in place of the other begins anew. */
  | { readonly kind: 'apart'; readonly mark: string; readonly marked: AnyForm; readonly other: AnyForm }
  /** One value that stands for a whole record, or that record. */
  | { readonly kind: 'spread'; readonly parts: AnyForm; readonly spread: (value: unknown) => AnyRecord }
  /** Free data, in which `false` is a value. */
  | { readonly kind: 'data' }
  /** True or false: here `false` removes nothing. */
  | { readonly kind: 'flag' }
  /** A value, or `false` in its place, which says that there is none. */
  | { readonly kind: 'removable'; readonly of: AnyForm };

/** How JSON Schema says a form, where its shape is not all; without both it says nothing of a value. */
export type Schema =
  | { readonly kind: 'value'; readonly value: AnyRecord }
  | { readonly kind: 'list'; readonly entry: AnyForm; readonly least: number; readonly repeats: boolean }
  | { readonly kind: 'either'; readonly forms: readonly AnyForm[] }
  /** Records by names that the author chooses, each a part of such a value that is laid over it. */
  | { readonly kind: 'layers'; readonly of: AnyForm }
  /** No value at all is right: the form is there for its message. */
  | { readonly kind: 'never' };

export type AnyRecord = Readonly<Record<string, unknown>>;

/** The one place where a function becomes the form of a type. Another form given as `find` stays as it is, and what it says holds here too. */
export function formBy<T>(
  find: AnyForm,
  shape: Shape | undefined = find.shape,
  schema: Schema | undefined = find.schema,
): Form<T> {
  const isForm = find.shape !== undefined || find.schema !== undefined;
  return Object.assign(isForm ? (value: unknown) => find(value) : find, {
    ...(shape && { shape }),
    ...(schema && { schema }),
  }) as unknown as Form<T>;
}

export const NOTHING: readonly Finding[] = [];

/** What a person typed, with a number as it stands; nothing of all else, which may not be put into words at all. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export interface Words {
  readonly wanted: string;
  readonly fix: string;
}

/** A value that passes a test, or one finding in these words; `value` says the test to JSON Schema, or a part of it. */
export const passing = <T>(test: (value: unknown) => boolean, words: Words, value: AnyRecord = {}): Form<T> =>
  formBy((given) => (test(given) ? NOTHING : [{ path: [], ...words, got: show(given) }]), undefined, {
    kind: 'value',
    value,
  });

/** What nobody may write, in these words. */
export const impossible = <T = never>(words: Words): Form<T> =>
  formBy((value) => [{ path: [], ...words, got: show(value) }], undefined, { kind: 'never' });

/** Of a wrong value, what it was likely meant to be, as a fix; or nothing. */
export type Hint = (value: unknown) => string | undefined;

/** The same form, whose fix says what the author likely meant. */
export const hinted = <T>(form: Form<T>, hint: Hint): Form<T> =>
  formBy(
    (value) => {
      const found = form(value);
      const [first] = found;
      const fix = first?.path.length === 0 ? hint(value) : undefined;
      return first === undefined || fix === undefined ? found : [{ ...first, fix }, ...found.slice(1)];
    },
    form.shape,
    form.schema,
  );

/** Proposes what a guess makes of a wrong value, if that is a right one. */
export const proposing = <T>(form: Form<T>, guess: (value: unknown) => string | undefined): Form<T> =>
  hinted(form, (value) => {
    const meant = guess(value);
    return meant !== undefined && form(meant).length === 0 ? `write ${show(meant)}` : undefined;
  });

/** First guesses by what they look like, and what to do instead. */
export const guesses =
  (table: readonly (readonly [looks: RegExp, fix: string])[]): Hint =>
  (value) =>
    typeof value === 'string' ? table.find(([looks]) => looks.test(value))?.[1] : undefined;
