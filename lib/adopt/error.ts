// What cannot be read, all of it in one error.

/** Ends `adopt` before anything is written: one line for each thing in the way. */
export class AdoptError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'AdoptError';
  }
}
