// How checks are written: a section yields findings one by one, and whoever runs it takes the time.

import { isForbidden } from '../cluster';
import type { Check } from '../report';
import type { World } from './world';

export type CheckOutcome = Omit<Check, 'seconds'>;

export interface SectionOfChecks {
  readonly id: string;
  readonly title: string;
  readonly run: (world: World) => AsyncIterable<CheckOutcome>;
}

/** What a check is about; its verdict comes when the cluster has answered. */
export type About = Pick<CheckOutcome, 'id' | 'subject' | 'expected'>;

/** What may fail says what to do then. */
export function judged(about: About, good: true, found: string): CheckOutcome;
export function judged(about: About, good: boolean, found: string, advice: string): CheckOutcome;
export function judged(about: About, good: boolean, found: string, advice?: string): CheckOutcome {
  return {
    ...about,
    found,
    verdict: good ? 'ok' : 'failed',
    ...(!good && advice !== undefined && { detail: advice }),
  };
}

export const skipped = (about: About, reason: string): CheckOutcome => ({
  ...about,
  found: reason,
  verdict: 'skipped',
});

const unanswered = (about: About, found: string): CheckOutcome =>
  judged(
    about,
    false,
    found,
    'the question itself got no answer: ask again; where it stays, `kubectl describe` and the log of that pod say why',
  );

/**
 * A question that gets no answer fails its own check, and no other; one that this user may not ask shows nothing. What is
 * needed in the tenants' own namespaces was asked for before: that is about their neighbours.
 */
export async function* guarded(
  about: About,
  ask: () => Promise<readonly CheckOutcome[]>,
): AsyncGenerator<CheckOutcome> {
  let findings: readonly CheckOutcome[];
  try {
    findings = await ask();
  } catch (error) {
    findings = [(isForbidden(error) ? skipped : unanswered)(about, (error as Error).message)];
  }
  yield* findings;
}
