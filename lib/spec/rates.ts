// Rate limits as Celery reads them: the tenant's own, and those of single tasks in `task_annotations`.

import type { Json } from './units';

/** Celery's `rate()`: `'10/m'`, `'10'` and `10` (a second). */
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A limit that messages wait for in a worker's hands. */
export interface Rate {
  readonly text: string;
  /** Seconds between two tasks. */
  readonly every: number;
  /** `*` is every task. */
  readonly task: string;
  /** Where it was written. */
  readonly path: readonly [string, ...string[]];
}

interface Limited {
  readonly rateLimit?: string | undefined;
  readonly celery: Readonly<Record<string, Json>>;
}

/** The limit that keeps messages longest; none where the app has none, or turns them off. */
export function slowestRate(tenant: Limited): Rate | undefined {
  if (tenant.celery['worker_disable_rate_limits'] === true) return undefined;
  const own = tenant.rateLimit === undefined ? [] : rateOf('*', tenant.rateLimit, ['rateLimit']);
  const annotated = annotationsOf(tenant.celery).flatMap(({ task, attributes }) =>
    rateOf(task, attributes['rate_limit'], ['celery', 'task_annotations', task, 'rate_limit']),
  );
  return [...own, ...annotated].sort((a, b) => b.every - a.every)[0];
}

function rateOf(task: string, value: Json | undefined, path: Rate['path']): readonly Rate[] {
  if (typeof value !== 'string' && typeof value !== 'number') return [];
  const [count = '', unit = 's'] = String(value).split('/');
  const every = (SECONDS[unit] ?? Number.NaN) / Number(count || 'NaN');
  return Number.isFinite(every) && every > 0 ? [{ text: String(value), every, task, path }] : [];
}

export interface Annotation {
  readonly task: string;
  readonly attributes: Readonly<Record<string, Json>>;
}

/** What the setting gives to tasks: a record by task, or a list of such records. */
export function annotationsOf(celery: Readonly<Record<string, Json>>): readonly Annotation[] {
  const setting = celery['task_annotations'];
  return [setting]
    .flat()
    .flatMap((records) =>
      isRecord(records)
        ? Object.entries(records).flatMap(([task, attributes]) =>
            isRecord(attributes) ? [{ task, attributes }] : [],
          )
        : [],
    );
}

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && !Array.isArray(value);
