// Where a command's words go, and what its end means.

/** Whole lines. Results go to `out`, progress and complaints to `err`. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
}

export const EXIT = {
  /** All holds. */
  ok: 0,
  /** A check failed. */
  failed: 1,
  /** Wrong use, or it cannot run: nothing was found out. */
  cannot: 2,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with 2: one line for each thing in the way. */
export class CannotRun extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'CannotRun';
  }
}
