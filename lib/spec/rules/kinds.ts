// Kinds of values: what the types cannot say about a text or a number, and the shapes made of them.

import { isCpu, isDuration, isMemory, millicores, seconds } from '../units';
import type { Cpu, Duration } from '../units';
import { show } from './finding';
import type { Finding } from './finding';
import { nearest } from './near';
import { propHint } from './prop-hints';
import { likelyCpu, likelyDuration, likelyMemory } from './quantities';

/** What is wrong with a value, with paths from there on; an absent optional value is never asked about. */
export type Kind = (value: unknown) => readonly Finding[];

const NOTHING: readonly Finding[] = [];

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
const proposing = (kind: Kind, guess: (value: unknown) => string | undefined): Kind =>
  hinted(kind, (value) => {
    const meant = guess(value);
    return meant !== undefined && kind(meant).length === 0 ? `write ${show(meant)}` : undefined;
  });

/** First guesses by what they look like, and what to do instead. */
export const guesses =
  (table: readonly (readonly [looks: RegExp, fix: string])[]): Hint =>
  (value) =>
    typeof value === 'string' ? table.find(([looks]) => looks.test(value))?.[1] : undefined;

export const text = (form: RegExp, words: Words): Kind =>
  that((value) => typeof value === 'string' && form.test(value), words);

const isText = (test: (value: string) => boolean) => (value: unknown) =>
  typeof value === 'string' && test(value);

export const someText = text(/\S/, {
  wanted: 'be a text that is not empty',
  fix: 'write one or leave it out',
});
export const anything: Kind = () => NOTHING;
export const flag = oneOf(true, false);

export const memory = proposing(
  that(isText(isMemory), {
    wanted: 'be a whole, positive number of Ki, Mi or Gi',
    fix: 'write it like "512Mi"',
  }),
  likelyMemory,
);

export const cpu = proposing(
  that(
    isText((value) => isCpu(value) && millicores(value as Cpu) > 0),
    { wanted: 'be cores or thousandths of a core, more than none', fix: 'write it like "400m" or "2"' },
  ),
  likelyCpu,
);

/** A whole number of seconds, minutes or hours, from `least` on. */
export const duration = (least: Duration = '1s', most?: Duration): Kind =>
  proposing(
    that(
      isText(
        (value) =>
          isDuration(value) &&
          seconds(value as Duration) >= seconds(least) &&
          (most === undefined || seconds(value as Duration) <= seconds(most)),
      ),
      {
        wanted: `be a whole number of s, m or h, ${most === undefined ? `at least ${least}` : `from ${least} to ${most}`}`,
        fix: 'write it like "45s", "30m" or "2h"',
      },
    ),
    likelyDuration,
  );

/** A duration that is right in itself and too long, with the reason. */
export const atMost = (most: Duration, { wanted, fix }: Words): Kind =>
  that((value) => !isText(isDuration)(value) || seconds(value as Duration) <= seconds(most), {
    wanted: `be at most ${most}${wanted}`,
    fix,
  });

export function whole(least: number, most?: number): Kind {
  const inRange = (value: number): boolean => value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER);
  const kind = that((value) => Number.isSafeInteger(value) && inRange(Number(value)), {
    wanted: `be a whole number, ${most === undefined ? `at least ${least}` : `from ${least} to ${most}`}`,
    fix: most === undefined ? `write ${least} or more` : 'write one of these',
  });
  return hinted(kind, (value) =>
    isText((digits) => /^\d+$/.test(digits))(value) && inRange(Number(value))
      ? `write ${Number(value)}, without quotes`
      : undefined,
  );
}

export const port = whole(1, 65535);

export function oneOf(...values: readonly (string | boolean)[]): Kind {
  const kind = that((value) => values.includes(value as string), {
    wanted: `be one of ${values.map(show).join(', ')}`,
    fix: 'choose one of them',
  });
  const names = values.map(String);
  return hinted(kind, (value) => {
    if (typeof value !== 'string') return undefined;
    const meant = names.find((name) => name.toLowerCase() === value.toLowerCase()) ?? nearest(value, names);
    return meant && `write ${show(values[names.indexOf(meant)])}`;
  });
}

/** RFC 1123; 40 characters leave room for what Stalk adds (`worker-`, `-scaler`, the hash of a pod). */
export const isLabel = (value: string): boolean => /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(value);

export const label = hinted(
  that(isText(isLabel), {
    wanted: 'be a DNS label of at most 40 characters',
    fix: 'use lower case letters, digits and - between them',
  }),
  likelyLabel,
);

/** `Acme_Corp` is `acme-corp` in DNS. */
function likelyLabel(value: unknown): string | undefined {
  const meant = typeof value === 'string' ? value.toLowerCase().replace(/[\s_.]+/g, '-') : '';
  return isLabel(meant) ? `write ${show(meant)}` : undefined;
}

/** Name of an object that somebody else makes: a DNS subdomain. */
export const objectName = text(/^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
  wanted: 'be the name of a Kubernetes object',
  fix: 'use lower case letters, digits, - and .',
});

export const folder = text(/^\/[^\s:]*[^\s:/]$/, {
  wanted: 'be an absolute path without : and blanks, not the root',
  fix: 'write it like "/data"',
});

/** One quantity for both, or a request and a limit; an overlay may bring one of them. */
export const range = (kind: Kind): Kind =>
  when((value) => typeof value !== 'object', kind, record({ request: kind, limit: kind }));

export const when =
  (test: (value: unknown) => boolean, then: Kind, otherwise: Kind): Kind =>
  (value) =>
    (test(value) ? then : otherwise)(value);

export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

export const all =
  (...kinds: readonly Kind[]): Kind =>
  (value) =>
    kinds.flatMap((kind) => kind(value));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNot = (value: unknown, wanted: string, fix: string): readonly Finding[] => [
  { path: [], wanted, got: show(value), fix },
];

/** The findings of a part, seen from its whole. */
const under = (key: string | number, found: readonly Finding[]): readonly Finding[] =>
  found.length === 0 ? NOTHING : found.map((finding) => ({ ...finding, path: [key, ...finding.path] }));

/** One prop of a record, whatever the others are. */
export const prop =
  (key: string, kind: Kind): Kind =>
  (value) =>
    under(key, kind(isRecord(value) ? value[key] : undefined));

/** Nearly always one of the two is empty, a thousand tenants long. */
const both = (one: readonly Finding[], other: readonly Finding[]): readonly Finding[] => {
  if (other.length === 0) return one;
  return one.length === 0 ? other : [...one, ...other];
};

interface ListProps {
  /** Fewest entries. */
  readonly least?: 0 | 1;
  /** Whether an entry may stand in it twice. */
  readonly repeats?: boolean;
  /** What to do instead of an empty list. */
  readonly empty?: string;
}

/** A list of one kind, with at least `least` entries, none twice unless `repeats`. */
export const list =
  (kind: Kind, { least = 0, repeats = false, empty = 'name one in [ ]' }: ListProps = {}): Kind =>
  (value) => {
    if (!Array.isArray(value) || value.length < least)
      return isNot(value, least === 0 ? 'be a list' : 'list at least one', listFix(value, empty));
    const found = value.flatMap((entry, index) => under(index, kind(entry)));
    return repeats || value.length < 2 ? found : both(found, twice(value));
  };

function listFix(value: unknown, empty: string): string {
  if (typeof value === 'string' && /\S/.test(value)) return `write ${show(value.trim().split(/[\s,]+/))}`;
  return Array.isArray(value) ? empty : 'write them in [ ]';
}

function twice(entries: readonly unknown[]): readonly Finding[] {
  if (new Set(entries).size === entries.length) return NOTHING;
  return entries.flatMap((entry, index) =>
    entries.indexOf(entry) === index
      ? []
      : [{ path: [index], wanted: 'stand in the list once', got: `${show(entry)} again`, fix: 'remove it' }],
  );
}

/** A record by names that the author chooses. */
export const each =
  (name: Kind, kind: Kind): Kind =>
  (value) => {
    if (!isRecord(value)) return isNot(value, 'be a record by name', 'write it like { name: … }');
    let found = NOTHING;
    for (const key in value)
      if (value[key] !== undefined) found = both(found, under(key, both(name(key), kind(value[key]))));
    return found;
  };

/** A record of known props: one kind for every prop of `T`, so that a new prop does not compile without one. */
export const record =
  <T>(props: { readonly [K in keyof Required<T>]: Kind }, ...required: readonly (keyof T & string)[]): Kind =>
  (value) => {
    if (!isRecord(value)) return isNot(value, 'be a record', 'write it like { … }');
    let found = NOTHING;
    for (const key of required)
      if (value[key] === undefined) found = both(found, under(key, props[key](undefined)));
    for (const key in value) {
      if (value[key] === undefined) continue;
      const more =
        key in props ? props[key as keyof T](value[key]) : unknownProp(key, Object.keys(props), value[key]);
      found = both(found, under(key, more));
    }
    return found;
  };

function unknownProp(key: string, known: readonly string[], value: unknown): readonly Finding[] {
  const near = nearest(key, known) ?? known.find((name) => name.startsWith(key.slice(0, 4)));
  const fix = propHint(key, known) ?? (near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`);
  return isNot(value, 'be a known prop', fix);
}
