// The image of a service: the one of the list, or one that is built here.

import { imageIn } from '../kube';
import type { Service } from './service';
import type { ProjectSite } from './site';
import type { ProjectTenant } from './tenant';

/** Built here, it has a name that no registry has. */
export function imageOf(
  { contexts }: ProjectSite,
  { plan: { tenant } }: ProjectTenant,
  { image }: { readonly image: string },
): Pick<Service, 'image' | 'build'> {
  const build = image === tenant.app.image ? contexts.get(tenant.name) : undefined;
  return build === undefined
    ? { image: imageIn(tenant.environment.registry, image) }
    : { image: `${tenant.name}:local`, build };
}
