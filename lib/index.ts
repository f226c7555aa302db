// The door: what a tenants' repository imports.

export { platforms, RulesError } from './platform';
export type { Leaf, Platform, PlatformProps } from './platform';
export { writeGitOps } from './output/gitops';
export type { WriteOptions, Written } from './output/gitops';
export type { Manifest } from './output/manifest';
export { objectsOf } from './output/objects';
export { imagesFrom } from './output/images';
export type * from './spec';
