// The door to Pulumi, apart from lib/index: it costs 0.5 s and 90 MB at start.

export { deploy } from './deploy';
export type { DeployOptions } from './deploy';
export { deployStack } from './program';
export type { Deployed } from './program';
