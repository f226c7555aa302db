// A tenant's broker: where it is, and what is the tenant's in it.

import type { ResolvedTenant } from '../../spec';
import type { Endpoint } from './endpoint';
import { topologyOf } from './topologies';

/** Seen from the tenant's processes. */
export function brokerEndpoint({
  broker: { kind, redis, namespace },
  environment: { clusterDomain },
}: Pick<ResolvedTenant, 'broker' | 'environment'>): Endpoint {
  return topologyOf(redis).endpoint({ redis, namespace, clusterDomain }, kind === 'dedicated');
}
