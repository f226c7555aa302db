// The door: what a tenants' repository imports.

export { platforms, RulesError } from './platform';
export type { Leaf, Platform, PlatformProps } from './platform';
export { writeGitOps } from './output/gitops';
export { imagesFrom } from './output/images';
export type * from './spec';
