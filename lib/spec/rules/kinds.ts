// Forms of single values: what the types cannot say about a text or a number.

import { nearest } from '../nearest';
import { RUNTIMES } from '../runtimes';
import type { Runtime } from '../runtimes';
import { CPU_TEXT, DURATION_TEXT, isCpu, isDuration, MEMORY_TEXT, millicores, seconds } from '../units';
import type { Cpu, Duration, Json, Memory, Range } from '../units';
import { show } from './finding';
import { formBy, hinted, NOTHING, passing, proposing } from './kind';
import type { Form, AnyRecord, Words } from './kind';
import { likelyCpu, likelyDuration, likelyMemory } from './quantities';
import { recordOf } from './shapes';

export const text = <T extends string = string>(pattern: RegExp, words: Words): Form<T> =>
  passing((value) => typeof value === 'string' && pattern.test(value), words, textLike(pattern));

/** JSON Schema has no flags of a pattern. */
const textLike = (pattern: RegExp): AnyRecord => ({
  type: 'string',
  ...(pattern.flags === '' && { pattern: pattern.source }),
});

const isText = (test: (value: string) => boolean) => (value: unknown) =>
  typeof value === 'string' && test(value);

export const someText = text(/\S/, {
  wanted: 'be a text that is not empty',
  fix: 'write one or leave it out',
});
export const anything = <T>(value: AnyRecord = {}): Form<T> =>
  formBy(() => NOTHING, undefined, { kind: 'value', value });
export const anyText = anything<string>({ type: 'string' });

/** Free data, such as arguments of a task: its records are laid over each other, and `false` is a value in it. */
export const data: Form<Json> = formBy(() => NOTHING, { kind: 'data' });
export const flag: Form<boolean> = formBy(
  oneOf(true, false),
  { kind: 'flag' },
  { kind: 'value', value: { type: 'boolean' } },
);

export const memory: Form<Memory> = proposing(
  text(MEMORY_TEXT, {
    wanted: 'be a whole, positive number of Ki, Mi or Gi',
    fix: 'write it like "512Mi"',
  }),
  likelyMemory,
);

export const cpu: Form<Cpu> = proposing(
  passing(
    isText((value) => isCpu(value) && millicores(value as Cpu) > 0),
    { wanted: 'be cores or thousandths of a core, more than none', fix: 'write it like "400m" or "2"' },
    textLike(CPU_TEXT),
  ),
  likelyCpu,
);

/** A whole number of seconds, minutes or hours, from `least` on. */
export const duration = (least: Duration = '1s', most?: Duration): Form<Duration> =>
  proposing(
    passing(
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
      textLike(DURATION_TEXT),
    ),
    likelyDuration,
  );

/** A duration that is right in itself and too long, with the reason. */
export const atMost = (most: Duration, { wanted, fix }: Words): Form<Duration> =>
  passing((value) => !isText(isDuration)(value) || seconds(value as Duration) <= seconds(most), {
    wanted: `be at most ${most}${wanted}`,
    fix,
  });

export function whole(least: number, most?: number): Form<number> {
  const inRange = (value: number): boolean => value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER);
  const form = passing<number>(
    (value) => Number.isSafeInteger(value) && inRange(Number(value)),
    {
      wanted: `be a whole number, ${most === undefined ? `at least ${least}` : `from ${least} to ${most}`}`,
      fix: most === undefined ? `write ${least} or more` : 'write one of these',
    },
    { type: 'integer', minimum: least, ...(most !== undefined && { maximum: most }) },
  );
  return hinted(form, (value) =>
    isText((digits) => /^\d+$/.test(digits))(value) && inRange(Number(value))
      ? `write ${Number(value)}, without quotes`
      : undefined,
  );
}

export const port = whole(1, 65535);

export const runtime = passing<Runtime>(
  (value) => RUNTIMES.includes(value as Runtime),
  {
    wanted: `be a runtime that this Stalk ships: ${RUNTIMES.map(show).join(', ')}`,
    fix: 'choose one, or install the Stalk that ships yours; docs/runtime.md says what each changed',
  },
  { enum: RUNTIMES },
);

export function oneOf<const V extends string | boolean>(...values: readonly V[]): Form<V> {
  const form = passing<V>(
    (value) => values.includes(value as V),
    {
      wanted: `be one of ${values.map(show).join(', ')}`,
      fix: 'choose one of them',
    },
    { enum: values },
  );
  const names = values.map(String);
  return hinted(form, (value) => {
    if (typeof value !== 'string') return undefined;
    const meant = names.find((name) => name.toLowerCase() === value.toLowerCase()) ?? nearest(value, names);
    return meant && `write ${show(values[names.indexOf(meant)])}`;
  });
}

/** RFC 1123; 40 characters leave room for what Stalk adds (`worker-`, `-scaler`, the hash of a pod). */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
export const isLabel = (value: string): boolean => LABEL.test(value);

export const label = hinted(
  text(LABEL, {
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
export const range = <Q>(quantity: Form<Q>): Form<Range<Q>> =>
  spread(
    quantity,
    recordOf<{ readonly request: Q; readonly limit: Q }>({ request: quantity, limit: quantity }),
    (both) => ({
      request: both,
      limit: both,
    }),
  );

/** One value that stands for a record, or parts of that record. */
export const spread = <A, B>(
  one: Form<A>,
  parts: Form<B>,
  record: (value: unknown) => AnyRecord,
): Form<A | B> =>
  formBy(
    (value) => (typeof value === 'object' ? parts : one)(value),
    {
      kind: 'spread',
      parts,
      spread: record,
    },
    { kind: 'either', forms: [one, parts] },
  );
