// Kinds of values: what the types cannot say about a text or a number, and the shapes made of them.

import { isCpu, isDuration, isMemory, millicores, seconds } from '../units';
import type { Cpu, Duration } from '../units';
import { show } from './finding';
import type { Finding, Path } from './finding';

/** Adds to `out` what is wrong with a value; an absent optional value never gets here. */
export type Kind = (value: unknown, path: Path, out: Finding[]) => void;

interface Words {
  readonly wanted: string;
  readonly fix: string;
}

/** A value that passes a test, or one finding in these words. */
export const that =
  (test: (value: unknown) => boolean, words: Words): Kind =>
  (value, path, out) => {
    if (!test(value)) out.push({ path, ...words, got: show(value) });
  };

export const text = (form: RegExp, words: Words): Kind =>
  that((value) => typeof value === 'string' && form.test(value), words);

const isText = (test: (value: string) => boolean) => (value: unknown) =>
  typeof value === 'string' && test(value);

export const someText = text(/\S/, { wanted: 'be a text that is not empty', fix: 'write one or leave it out' });
export const anything: Kind = () => undefined;
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

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Kind =>
  that((value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most, {
    wanted:
      most === Number.MAX_SAFE_INTEGER
        ? `be a whole number, at least ${least}`
        : `be a whole number from ${least} to ${most}`,
    fix: 'change the number',
  });

export const port = whole(1, 65535);

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

/** One quantity for both, or a request and a limit. */
export const range = (kind: Kind): Kind =>
  when((value) => typeof value !== 'object', kind, record({ request: kind, limit: kind }, 'request', 'limit'));

export const when =
  (test: (value: unknown) => boolean, then: Kind, otherwise: Kind): Kind =>
  (value, path, out) =>
    (test(value) ? then : otherwise)(value, path, out);

export const has =
  (key: string) =>
  (value: unknown): boolean =>
    isRecord(value) && value[key] !== undefined;

export const all =
  (...kinds: readonly Kind[]): Kind =>
  (value, path, out) =>
    kinds.forEach((kind) => kind(value, path, out));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list of one kind, with at least `least` entries, none twice unless `repeats`. */
export const list =
  (kind: Kind, { least = 0, repeats = false } = {}): Kind =>
  (value, path, out) => {
    if (!Array.isArray(value) || value.length < least) {
      const wanted = least === 0 ? 'be a list' : `list at least ${least === 1 ? 'one' : least}`;
      out.push({ path, wanted, got: show(value), fix: 'write it like [ … ]' });
      return;
    }
    value.forEach((entry, index) => kind(entry, [...path, index], out));
    if (!repeats) twice(value, path, out);
  };

function twice(entries: readonly unknown[], path: Path, out: Finding[]): void {
  const seen = new Set<unknown>();
  entries.forEach((entry, index) => {
    if (seen.has(entry))
      out.push({
        path: [...path, index],
        wanted: 'stand in the list once',
        got: `${show(entry)} again`,
        fix: 'remove it',
      });
    seen.add(entry);
  });
}

/** A record by names that the author chooses. */
export const each =
  (name: Kind, kind: Kind): Kind =>
  (value, path, out) => {
    if (!isRecord(value)) {
      out.push({ path, wanted: 'be a record by name', got: show(value), fix: 'write it like { name: … }' });
      return;
    }
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      name(key, [...path, key], out);
      kind(entry, [...path, key], out);
    }
  };

/** A record of known props: one kind for every prop of `T`, so that a new prop does not compile without one. */
export const record =
  <T>(props: { readonly [K in keyof Required<T>]: Kind }, ...required: readonly (keyof T & string)[]): Kind =>
  (value, path, out) => {
    if (!isRecord(value)) {
      out.push({ path, wanted: 'be a record', got: show(value), fix: 'write it like { … }' });
      return;
    }
    for (const key of required)
      if (value[key] === undefined) props[key](undefined, [...path, key], out);
    for (const [key, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      if (key in props) props[key as keyof T](entry, [...path, key], out);
      else out.push(unknownProp(key, Object.keys(props), path, entry));
    }
  };

const unknownProp = (key: string, known: readonly string[], path: Path, value: unknown): Finding => {
  const near = known.find((name) => isNear(name, key));
  return {
    path: [...path, key],
    wanted: 'be a prop that there is',
    got: show(value),
    fix: near === undefined ? `known here: ${known.join(', ')}` : `write ${near}`,
  };
};

/** The same letters in another order or case, or one more or fewer: how people misspell. */
function isNear(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  const sorted = (word: string): string => [...word].sort().join('');
  const drops = (long: string, short: string): boolean =>
    [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short);
  return sorted(a) === sorted(b) || drops(a, b) || drops(b, a);
}
