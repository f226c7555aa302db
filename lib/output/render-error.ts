// What a user can mend in patches and files: the base of errors that are problemLines without a stack.

import { problemLines } from '../spec/rules';
import type { Problem } from '../spec/rules';

export class RenderError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      problemLines(problems)
        .map(({ text }) => text)
        .join('\n'),
    );
    this.name = new.target.name;
  }
}

/** Problems of a step, where they are a user's to mend. */
export function problemsOf(step: () => void): readonly Problem[] {
  try {
    step();
    return [];
  } catch (error) {
    if (error instanceof RenderError) return error.problems;
    throw error;
  }
}
