// Files that Stalk writes once, for a user to edit: a project, a tenant.

export { mergedPackage } from './package-json';
export type { Addition, MergedPackage } from './package-json';
export { place } from './place';
export { identifierOf, tenantFile } from './tenant-file';
export type { NewTenant } from './tenant-file';
export { templates } from './templates';
