// What topologies that Stalk runs have in common.

import type { ResolvedServer } from '../../../spec';
import { redisPort } from '../endpoint';
import type { Behind, Endpoint, PodGroup } from '../endpoint';
import { clientSecret } from '../tls';
import type { Site } from './topology';

/** Full name of a Service, or of a pod behind a headless one. */
export const fullName = (
  name: string,
  { namespace, clusterDomain }: Pick<Site<ResolvedServer>, 'namespace' | 'clusterDomain'>,
): string => `${name}.${namespace}.svc.${clusterDomain}`;

export const behind = (
  component: PodGroup['component'],
  { namespace }: Site<ResolvedServer>,
  near: boolean,
): Behind => ({ pods: { component, ...(!near && { namespace }) } });

/** One Redis that takes all writes. `name` leads to it, within its namespace and with that in other ones. */
export function fixedPrimary(
  site: Site<ResolvedServer>,
  near: boolean,
  { name, host }: { readonly name: string; readonly host: string },
): Endpoint {
  const { tls } = site.redis;
  const port = redisPort(site.redis);
  return {
    host,
    port,
    behind: behind('redis', site, near),
    scalerAddress: `${fullName(name, site)}:${port}`,
    ...(tls && { tls: { secret: clientSecret(tls), mode: 'mutual' } }),
  };
}
