// Everything that is wrong with a list, without a cluster.

export { checkProject } from './run';
export type { ProjectPaths, Loaded, LoadFailure } from './run';
export type { CheckFinding, Outcome, Subject } from './finding';
