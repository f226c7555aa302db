// Versions of images that an environment gives its tenants.

import { isRecord } from '../kube/json';
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

/** What an image of a pool's or a process' own is called in `images`: itself, without its version. */
export const withoutVersion = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/]*$/, '');

/** The environment's version by the name of a tenant, or by an image, if there is one that can be used. */
export function versionOf({ images }: Environment, name: string): string | undefined {
  const versions: unknown = images?.versions;
  if (typeof versions !== 'object' || versions === null || !Object.hasOwn(versions, name)) return undefined;
  const version = (versions as Readonly<Record<string, unknown>>)[name];
  return isVersion(version) ? version : undefined;
}

interface WithImage {
  readonly image?: unknown;
}

/** Of the app, or what a pool or a process has of its own of it. Nothing is certain of what was not checked yet. */
function versionedPart<P>(part: P, name: string | undefined, environment: Environment): P {
  const image = isRecord(part) ? (part as WithImage).image : undefined;
  if (typeof image !== 'string' || hasVersion(image)) return part;
  const version = versionOf(environment, name ?? image);
  if (version === undefined) return part;
  const mark = version.startsWith('sha256:') ? '@' : ':';
  return { ...part, image: `${image}${mark}${version}` };
}

/** The tenant's images with the environment's versions, where they have none of their own. */
export function versioned(tenant: Tenant, environment: Environment): Tenant {
  if (environment.images === undefined) return tenant;
  const parts = <T>(all: T): T =>
    isRecord(all)
      ? (Object.fromEntries(
          Object.entries(all).map(([name, one]) => [
            name,
            isRecord(one) && isRecord(one['app'])
              ? { ...one, app: versionedPart(one['app'], undefined, environment) }
              : one,
          ]),
        ) as T)
      : all;
  return {
    ...tenant,
    app: versionedPart(tenant.app, tenant.name, environment),
    ...(tenant.workers && { workers: parts(tenant.workers) }),
    ...(tenant.processes && { processes: parts(tenant.processes) }),
  };
}
