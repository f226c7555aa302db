// How long messages may lie in workers: bounds on what the visibility timeout is made of.

import { annotationsOf, slowestRate } from '../rates';
import type { ResolvedPool, ResolvedTenant } from '../resolved';
import { durationText } from '../units';
import { holdOf, holdTime } from '../visibility';
import type { Hold } from '../visibility';
import { pathText, show } from './finding';
import type { Finding, Path, Rule } from './finding';
import { limitOf } from './workers';

/** As long as `longestDelay` may be: whatever a message waits for, a killed worker's comes back no sooner. */
const LONGEST_WAIT = 24 * 3600;

/** The longest task (24 h), the same again for its pod to end, and two hours for its delay. */
const LONGEST_HOLD = 50 * 3600;

/** Something that a message waits for, as its author wrote it. */
interface Part {
  readonly seconds: number;
  readonly path: Path;
  readonly got: string;
  readonly fix: string;
}

type Parts = Readonly<Record<keyof Hold, Part>>;

function partsOf(tenant: ResolvedTenant, pool: ResolvedPool, hold: Hold): Parts {
  const rate = slowestRate(tenant);
  const of = ['workers', pool.name];
  const limit = limitOf(pool);
  return {
    delay: {
      seconds: hold.delay,
      path: ['longestDelay'],
      got: show(durationText(hold.delay)),
      fix: 'lower it, and send what is due later from beat',
    },
    rate: {
      seconds: hold.rate,
      path: rate?.path ?? ['rateLimit'],
      got: `${show(rate?.text)} for ${pool.concurrency * pool.prefetch} messages that a worker takes ahead`,
      fix: 'raise the limit or lower concurrency and prefetch of the pool; rare work belongs to beat',
    },
    ahead: {
      seconds: hold.ahead,
      path: [...of, 'prefetch'],
      got: `${pool.prefetch} with ${limit} ${show(durationText(pool.hard))}`,
      fix: `lower prefetch, or give the short tasks a pool of their own with a short ${limit}`,
    },
    run: {
      seconds: hold.run,
      path: [...of, limit],
      got: show(durationText(pool.hard)),
      fix: 'split the task into shorter ones',
    },
  };
}

/** 235830 is `65.5 h`. */
const hours = (seconds: number): string => `${Math.round(seconds / 360) / 10} h`;

type Bound = (tenant: ResolvedTenant, hold: Hold, parts: Parts) => readonly Finding[];

const longestOf = (parts: readonly Part[]): Part | undefined =>
  [...parts].sort((a, b) => b.seconds - a.seconds)[0];

const broken = (part: Part | undefined, wanted: string): readonly Finding[] =>
  part ? [{ path: part.path, wanted, got: part.got, fix: part.fix }] : [];

const waitsADay: Bound = (_, hold, { delay, rate, ahead }) => {
  const wait = holdTime(hold) - hold.run;
  if (wait <= LONGEST_WAIT) return [];
  return broken(
    longestOf([delay, rate, ahead]),
    `let a message wait in a worker for at most 24h before it runs; it may wait ${hours(wait)}, and that of a killed worker comes back after ${hours(holdTime(hold))}`,
  );
};

const heldTwoDays: Bound = (_, hold, parts) => {
  if (holdTime(hold) <= LONGEST_HOLD || holdTime(hold) - hold.run > LONGEST_WAIT) return [];
  return broken(
    longestOf(Object.values(parts)),
    `let the message of a killed worker come back within 50h; with all that it waits for, it comes back after ${hours(holdTime(hold))}`,
  );
};

const eachHold =
  (bound: Bound): Rule['of'] =>
  (tenant) => {
    const findings = tenant.workers.flatMap((pool) => {
      const hold = holdOf(pool, tenant);
      return bound(tenant, hold, partsOf(tenant, pool, hold));
    });
    return [...new Map(findings.map((finding) => [pathText(finding.path), finding])).values()];
  };

/** Which pool runs a task is the app's choice: one that no pool leaves time for is wrong in any of them. */
const annotatedLimits: Rule['of'] = ({ celery, workers }) => {
  const longest = Math.max(...workers.map(({ hard }) => hard));
  return annotationsOf(celery).flatMap(({ task, attributes: { time_limit: limit } }) => {
    if (workers.length === 0 || typeof limit !== 'number' || limit <= longest) return [];
    return [
      {
        path: ['celery', 'task_annotations', task, 'time_limit'],
        wanted: `be at most the longest timeLimit of the pools, which is ${longest} s: grace and visibility timeout end sooner`,
        got: show(limit),
        fix: `raise timeLimit of the pool that runs it to "${limit}s"`,
      },
    ];
  });
};

export const timeRules: readonly Rule[] = [
  { what: 'a message waits in a worker for a day at most', of: eachHold(waitsADay) },
  { what: 'the message of a killed worker comes back within two days', of: eachHold(heldTwoDays) },
  { what: 'a limit of a single task fits a pool', of: annotatedLimits },
];
