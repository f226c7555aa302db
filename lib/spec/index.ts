// The contract in one import for the floors above.

export type * from './app';
export type * from './broker-use';
export type * from './environment';
export type * from './expose';
export type * from './exposure';
export type * from './external';
export type * from './files';
export type * from './flower-login';
export type * from './gitops';
export type * from './messages';
export type * from './pods';
export type * from './processes';
export type * from './producers';
export type * from './redis';
export type * from './resolved';
export type * from './runs';
export type * from './scaling';
export type * from './sidecars';
export type * from './strategies';
export type * from './tenant';
export type * from './tls';
export type * from './values';
export type * from './compute';
export type * from './worker';
export type * from './workloads';
export type { Runtime } from './runtimes';
export type { Cpu, Duration, Json, Memory, Range } from './units';
