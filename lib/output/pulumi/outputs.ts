// What a stack tells of its tenants to people and to other stacks: where they are, and nothing secret.

import { brokerEndpoint } from '../../plan/redis/broker';
import { consumedQueues } from '../../plan/redis/keyspace';
import type { ResolvedTenant } from '../../spec';

export interface TenantOutput {
  readonly namespace: string;
  /** Host and port as any namespace reaches it; user and password are in the tenant's Secret. */
  readonly broker: string;
  /** As Redis knows them. */
  readonly queues: readonly string[];
}

export const tenantOutput = (tenant: ResolvedTenant): TenantOutput => ({
  namespace: tenant.namespace,
  broker: brokerEndpoint(tenant).scalerAddress,
  queues: consumedQueues(tenant),
});
