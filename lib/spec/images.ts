// Versions of images that an environment gives its tenants.

import type { Environment } from './environment';
import type { Tenant } from './tenant';

/** A tag or a digest behind the repository, or the start of one: a port is no tag. */
const VERSIONED = /@|:[^/]*$/;

export const hasVersion = (image: string): boolean => VERSIONED.test(image);

const TAG = '\\w[\\w.-]{0,127}';
const DIGEST = 'sha256:[0-9a-f]{64}';

/** What registries call a version: `2.4.1`, `sha256:…`, or `2.4.1@sha256:…`. */
export const VERSION_TEXT = new RegExp(`^(${TAG}|${DIGEST}|${TAG}@${DIGEST})$`);

export const isVersion = (value: unknown): value is string =>
  typeof value === 'string' && VERSION_TEXT.test(value);

/** The environment's version for a tenant, if there is one that can be used. */
export function versionOf({ images }: Environment, tenant: string): string | undefined {
  const versions: unknown = images?.versions;
  if (typeof versions !== 'object' || versions === null || !Object.hasOwn(versions, tenant)) return undefined;
  const version = (versions as Readonly<Record<string, unknown>>)[tenant];
  return isVersion(version) ? version : undefined;
}

/** The tenant's image with the environment's version, where it has none of its own. */
export function versioned(tenant: Tenant, environment: Environment): Tenant {
  const version = versionOf(environment, tenant.name);
  const image: unknown = (tenant as { readonly app?: { readonly image?: unknown } }).app?.image;
  if (version === undefined || typeof image !== 'string' || hasVersion(image)) return tenant;
  const mark = version.startsWith('sha256:') ? '@' : ':';
  return { ...tenant, app: { ...tenant.app, image: `${image}${mark}${version}` } };
}
