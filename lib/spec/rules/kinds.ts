// Kinds of values: what the types cannot say about a text or a number, and the shapes made of them.

import { RUNTIMES } from '../runtimes';
import type { Runtime } from '../runtimes';
import { isCpu, isDuration, isMemory, millicores, seconds } from '../units';
import type { Cpu, Duration } from '../units';
import { show } from './finding';
import type { Finding } from './finding';

/** What is wrong with a value, with paths from there on; an absent optional value is never asked about. */
export type Kind = (value: unknown) => readonly Finding[];

const NOTHING: readonly Finding[] = [];

interface Words {
  readonly wanted: string;
  readonly fix: string;
}

/** A value that passes a test, or one finding in these words. */
export const that =
  (test: (value: unknown) => boolean, words: Words): Kind =>
  (value) =>
    test(value) ? NOTHING : [{ path: [], ...words, got: show(value) }];

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

export const memory = that(isText(isMemory), {
  wanted: 'be a whole, positive number of Ki, Mi or Gi',
  fix: 'write it like 512Mi',
});

export const cpu = that(
  isText((value) => isCpu(value) && millicores(value as Cpu) > 0),
  { wanted: 'be cores or thousandths of a core, more than none', fix: 'write it like 400m or 2' },
);

/** A whole number of seconds, minutes or hours, from `least` on. */
export const duration = (least: Duration = '1s', most?: Duration): Kind =>
  that(
    isText(
      (value) =>
        isDuration(value) &&
        seconds(value as Duration) >= seconds(least) &&
        (most === undefined || seconds(value as Duration) <= seconds(most)),
    ),
    {
      wanted: `be a whole number of s, m or h, ${most === undefined ? `at least ${least}` : `from ${least} to ${most}`}`,
      fix: 'write it like 45s, 30m or 2h',
    },
  );

export function whole(least: number, most?: number): Kind {
  const inRange = (value: number): boolean => value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER);
  return that((value) => Number.isSafeInteger(value) && inRange(Number(value)), {
    wanted: `be a whole number, ${most === undefined ? `at least ${least}` : `from ${least} to ${most}`}`,
    fix: most === undefined ? `write ${least} or more` : 'write one of these',
  });
}

export const port = whole(1, 65535);

export const runtime = that((value) => RUNTIMES.includes(value as Runtime), {
  wanted: `be a runtime that this Stalk ships: ${RUNTIMES.join(', ')}`,
  fix: 'choose one, or install the Stalk that ships yours; docs/runtime.md says what each changed',
});

export function oneOf(...values: readonly (string | boolean)[]): Kind {
  return that((value) => values.includes(value as string), {
    wanted: `be one of ${values.join(', ')}`,
    fix: 'choose one of them',
  });
}

/** RFC 1123; 40 characters leave room for what Stalk adds (`worker-`, `-scaler`, the hash of a pod). */
export const isLabel = (value: string): boolean => /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(value);

export const label = that(isText(isLabel), {
  wanted: 'be a DNS label of at most 40 characters',
  fix: 'use lower case letters, digits and - between them',
});

/** Name of an object that somebody else makes: a DNS subdomain. */
export const objectName = text(/^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
  wanted: 'be the name of a Kubernetes object',
  fix: 'use lower case letters, digits, - and .',
});

export const folder = text(/^\/[^\s:]*[^\s:/]$/, {
  wanted: 'be an absolute path without : and blanks, not the root',
  fix: 'write it like /data',
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

/** A list of one kind, with at least `least` (none or one) entries, none twice unless `repeats`. */
export const list =
  (
    kind: Kind,
    { least = 0, repeats = false }: { readonly least?: 0 | 1; readonly repeats?: boolean } = {},
  ): Kind =>
  (value) => {
    if (!Array.isArray(value) || value.length < least)
      return isNot(value, least === 0 ? 'be a list' : 'list at least one', 'write them in [ ]');
    const found = value.flatMap((entry, index) => under(index, kind(entry)));
    return repeats || value.length < 2 ? found : both(found, twice(value));
  };

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
  const near =
    known.find((name) => isNear(name, key)) ?? known.find((name) => name.startsWith(key.slice(0, 4)));
  const fix = near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`;
  return isNot(value, 'be a known prop', fix);
}

/** The same letters in another order or case, or one more or fewer: how people misspell. */
function isNear(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  const sorted = (word: string): string => [...word].sort().join('');
  const drops = (long: string, short: string): boolean =>
    [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short);
  return sorted(a) === sorted(b) || drops(a, b) || drops(b, a);
}
