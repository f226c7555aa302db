// A load test of one tenant: a Job from the tenant's plan, a run in a cluster, a report of its figures.

export { LoadTestError } from './error';
export { loadTestOf } from './load-test';
export type { Asked, LoadTest } from './load-test';
export { reportOf } from './report';
export { run } from './run';
export { THRESHOLDS } from './thresholds';
export { boundsOf, holds, rowsOf } from './verdicts';
export { figuresOf } from './figures';
