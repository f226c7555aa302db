// Looking again and again until somebody stops it: in place on a terminal, one after the other elsewhere.

import { setTimeout as sleep } from 'node:timers/promises';
import { Unread } from './io';
import type { Io } from './io';

export interface Looks<Seen> {
  readonly look: () => Promise<Seen>;
  /** How it is shown, and above it why there is no newer one. */
  readonly lines: (seen: Seen, complaint?: string) => readonly string[];
  /** Seconds between two looks. */
  readonly every: number;
}

/** The first look has to succeed; where a later one fails, what was seen last stays. Ends with SIGINT or SIGTERM. */
export async function watching<Seen>(io: Io, { look, lines, every }: Looks<Seen>): Promise<void> {
  const stop = new AbortController();
  const stopped = new Promise<undefined>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(undefined)),
  );
  const interrupt = (): void => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    let seen = await Promise.race([look(), stopped]);
    let complaint: string | undefined;
    while (seen !== undefined && !stop.signal.aborted) {
      show(io, lines(seen, complaint));
      await sleep(every * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
      try {
        seen = await Promise.race([stop.signal.aborted ? stopped : look(), stopped]);
        complaint = undefined;
      } catch (error) {
        complaint = `No answer; this is what was seen last. ${(error as Error).message}`;
      }
    }
  } finally {
    io.screen?.restore();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function show(io: Io, lines: readonly string[]): void {
  if (io.unread?.()) throw new Unread();
  if (io.screen) io.screen.draw(lines);
  else io.out(lines.length === 1 ? String(lines[0]) : `${lines.join('\n')}\n`);
}
