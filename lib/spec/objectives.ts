// What a tenant promises of its queues and tasks: alerts fire where it is not held.

import { optional, props } from './props';
import type { Contract, PropsOf } from './props';
import { queueName } from './rules/form-names';
import { hinted, passing, textOf } from './rules/kind';
import { duration, whole } from './rules/kinds';
import { each } from './rules/shapes';

/**
 * Under 94 a page for an error budget that is spent 14.4 times too fast could not fire, as more than all tasks would have to
 * fail; at 100 there is no budget to spend.
 */
const LEAST_PERCENT = 94;
const MOST_PERCENT = 99.99;

const isPercent = (value: unknown): value is number =>
  typeof value === 'number' && value >= LEAST_PERCENT && value <= MOST_PERCENT;

const percent = hinted(
  passing<number>(
    isPercent,
    {
      wanted: `be a percentage from ${LEAST_PERCENT} to ${MOST_PERCENT}`,
      fix: 'write it like 99 or 99.5',
    },
    { type: 'number', minimum: LEAST_PERCENT, maximum: MOST_PERCENT },
  ),
  likelyPercent,
);

/** `'99%'`, and 0.995 as a share of one. */
function likelyPercent(value: unknown): string | undefined {
  const [, digits] = /^([\d.]+) ?%?$/.exec(textOf(value)) ?? [];
  const meant = [Number(digits), Number((100 * Number(digits)).toFixed(6))].find(isPercent);
  return digits === undefined || meant === undefined ? undefined : `write ${meant}`;
}

/** Of one queue, where it differs. */
export interface QueueObjective extends Contract, PropsOf<typeof queueObjective> {}

const queueObjective = props({
  /**
   * Messages that may wait in it.
   * @default - `depth` of the tenant
   */
  depth: optional(whole(1)),

  /**
   * How long a task may wait in it.
   * @default - `wait` of the tenant
   */
  wait: optional(duration()),
});

export interface Objectives extends Contract, PropsOf<typeof objectives> {}

export const objectives = props({
  /**
   * Messages that may wait in a queue.
   * @default 500
   */
  depth: optional(whole(1), 500),

  /**
   * How long a task may wait until a worker starts it; of one with a countdown, from the time that it is due.
   * @default '10m'
   */
  wait: optional(duration(), '10m'), // one third of the default time limit: whoever sent it still wants it

  /**
   * Queues with numbers of their own, as the app names them: `{ emails: { depth: 5000, wait: '1m' } }`.
   * @default {}
   */
  queues: optional(each<QueueObjective>(queueName, queueObjective), {}),

  /**
   * Percent of the tasks that succeed. Retries count when they end.
   * @default 99
   */
  succeed: optional(percent, 99),

  /**
   * Percent of the tasks that start within `wait`.
   * @default 99
   */
  startInTime: optional(percent, 99),
});
