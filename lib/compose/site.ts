// Where things of a project are: names of services, networks and folders.

import type { Book } from './book';

/** A project: one tenant, whose services have the plan's names, or several, whose names stand before them. */
export interface ProjectSite {
  readonly book: Book;
  /** Name of a service by the one that Stalk gives it. */
  readonly nameOf: (service: string) => string;
  /** Ports of the laptop by the service that listens, as the reader asks for them. */
  readonly published: ReadonlyMap<string, string>;
  /** Build context by tenant, from the project's folder. */
  readonly contexts: ReadonlyMap<string, string>;
  readonly several: boolean;
}

/** `worker-default`, or `acme-worker-default` beside other tenants. */
export const serviceOf = ({ several }: Pick<ProjectSite, 'several'>, owner: string, name: string): string =>
  several ? `${owner}-${name}` : name;

/** All that Stalk writes, besides compose.yaml, .env and .gitignore. */
export const OWN_FOLDER = 'stalk';
/** Files of Secrets and ConfigMaps that somebody else has in the cluster: their reader fills them in. */
export const YOURS = 'yours';
export const SECRETS = `${OWN_FOLDER}/secrets`;

/**
 * Tenants do not reach each other: each has a network of its own. There a service has the name by which the plan knows it.
 */
export function networksOf(
  { several, nameOf }: ProjectSite,
  tenants: readonly string[],
  service: string,
  known?: string,
): { readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] }>> } {
  const alias = known !== undefined && known !== nameOf(service) ? { aliases: [known] } : {};
  if (!several) return 'aliases' in alias ? { networks: { default: alias } } : {};
  return { networks: Object.fromEntries(tenants.map((tenant) => [tenant, alias])) };
}
