// The output of a command, and its exit codes.

import type { Screen } from './screen';

/** Whole lines. Results go to `out`, progress and complaints to `err`. */
export interface Io {
  /** Where `out` is a terminal. */
  readonly screen?: Screen | undefined;
  /** Whether nobody reads `out` any more: what goes on until somebody stops it ends then. */
  readonly unread?: () => boolean;
  out(text: string): void;
  err(text: string): void;
  /** As `err`, but throws `Unread` once nobody reads that: what takes minutes ends then, and cleans up on its way. */
  progress(text: string): void;
}

export const EXIT = {
  /** All holds. */
  ok: 0,
  /** A check failed. */
  failed: 1,
  /** Wrong use, or it cannot run: nothing was found out. */
  cannot: 2,
  /**
   * Cut short as nobody reads any more: 128 + SIGPIPE, as a shell shows it of `yes | head -1`. What had come to its end by
   * then keeps its own code: `stalk verify --env dev | head -1` is 0 or 1, whether head was faster or not.
   */
  unread: 141,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with 2: one line for each thing in the way. */
export class CannotRun extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'CannotRun';
  }
}

/** Ends a command whose reader has gone (`| head`): there is nobody to tell, so nothing is said. */
export class Unread extends Error {}
