// What is in the way of a load test, in one line.

/** One line: what, wanted, got, fix. Nothing was measured. */
export class LoadTestError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LoadTestError';
  }
}
