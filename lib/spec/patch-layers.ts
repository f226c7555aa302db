// Patches of a folder of the tree, layer upon layer, and which objects a key names.

import type { Environment } from './environment';
import type { PatchLayer } from './resolved';
import type { Tenant } from './tenant';

/** Whether a key or a folder with `*` in it names this one; a star stands for any letters but `/`. */
export function names(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name;
  const parts = pattern.split('*').map((part) => part.replace(/[.\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`).test(name);
}

/** What an environment says about a folder of its tree, in the order in which it says it. */
export const environmentLayers = (
  { name, patches }: Required<Pick<Environment, 'name' | 'patches'>>,
  folder: string,
): readonly PatchLayer[] =>
  Object.entries(patches).flatMap(([pattern, own]) =>
    own !== undefined && names(pattern, folder)
      ? [{ owner: 'environment', environment: name, path: ['patches', pattern], patches: own } as const]
      : [],
  );

/** What a tenant says of itself: everywhere, then in this environment. */
export function tenantLayers(tenant: Tenant, environment: string): readonly PatchLayer[] {
  const layer = { owner: 'tenant', environment } as const;
  const overlaid = tenant.overlays?.[environment]?.patches;
  return [
    ...(tenant.patches ? [{ ...layer, path: ['patches'], patches: tenant.patches }] : []),
    ...(overlaid ? [{ ...layer, path: ['overlays', environment, 'patches'], patches: overlaid }] : []),
  ];
}
