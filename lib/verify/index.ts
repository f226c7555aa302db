// Verification of a live cluster against what was rendered for it.

export { obstacles } from './rights';
export { verify } from './run';
export type { Reporter } from './run';
export { worldOf } from './world';
export type { Options, World } from './world';
