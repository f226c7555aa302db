// What a user can mend in patches and files: the base of errors that are told without a stack.

export class RenderError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = new.target.name;
  }
}

/** Problems of a step, where they are a user's to mend. */
export function problemsOf(step: () => void): readonly string[] {
  try {
    step();
    return [];
  } catch (error) {
    if (error instanceof RenderError) return error.problems;
    throw error;
  }
}
