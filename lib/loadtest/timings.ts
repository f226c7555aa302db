// How long each task waited and took, on one clock.

import type { Phase, TaskRow } from './measurement';

/** A task that was answered: seconds from its phase's first send, of the sender's clock. */
export interface Timing {
  readonly sent: number;
  readonly started: number;
  readonly answered: number;
}

type Answered = readonly [pod: string, sent: number, started: number, answered: number];

const isAnswered = (row: TaskRow): row is Answered => row.every((value) => value !== null);

/** Tasks without an answer have no timing. */
export function timingsOf({ tasks }: Phase): Timing[] {
  const rows = tasks.filter(isAnswered);
  const begin = Math.min(...rows.map(([, sent]) => sent));
  const ahead = clocks(rows);
  return rows.map(([pod, sent, started, answered]) => ({
    sent: sent - begin,
    started: started - Number(ahead.get(pod)) - begin,
    answered: answered - begin,
  }));
}

/**
 * By how much each pod's clock is ahead of the sender's, at least: no task begins before it is sent or after it is
 * answered. What the tasks do not disprove counts as no difference.
 */
function clocks(rows: readonly Answered[]): ReadonlyMap<string, number> {
  const pods = [...new Set(rows.map(([pod]) => pod))];
  return new Map(
    pods.map((name) => {
      const own = rows.filter(([pod]) => pod === name);
      const least = Math.max(...own.map(([, , started, answered]) => started - answered));
      const most = Math.min(...own.map(([, sent, started]) => started - sent));
      return [name, Math.min(Math.max(0, least), most)];
    }),
  );
}

/** The value that `share` of all are not above (nearest rank); undefined of none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
