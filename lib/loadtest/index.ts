// A load test of one tenant: a plan from what is rendered, a run in a cluster, a report of its figures.

export { LoadTestError } from './error';
export { planOf } from './plan';
export type { Asked, Plan } from './plan';
export { reportOf } from './report';
export { run } from './run';
export { THRESHOLDS } from './thresholds';
export { boundsOf, holds, rowsOf } from './verdicts';
export { figuresOf } from './figures';
