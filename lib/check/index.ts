// Everything that is wrong with a list, without a cluster.

export { check } from './run';
export type { Checked, Loaded, LoadFailure } from './run';
export type { Finding, Outcome, Subject } from './finding';
