// A fifth topology, written here alone: one object and one line in the registry, and a tenant's chart renders it.

import { App } from 'cdk8s';
import { apiObjectsOf } from '../../../lib/charts/order';
import { TenantChart } from '../../../lib/charts/tenant-chart';
import { fixedPrimary } from '../../../lib/plan/redis/topologies/common';
import { TOPOLOGIES } from '../../../lib/plan/redis/topologies';
import { clusterService, redisPolicy, redisServer } from '../../../lib/plan/redis/topologies/servers';
import type { ServerTopology } from '../../../lib/plan/redis/topologies/topology';
import { platforms } from '../../../lib/platform';
import type { ResolvedTenant } from '../../../lib/spec';
import { plain, tenantOf } from '../../support/synth';

/** Two Redis pods that know nothing of each other: clients write to the first, people play with the second. */
const twins: ServerTopology = {
  endpoint: (site, near) => fixedPrimary(site, near, { name: 'redis', host: 'redis' }),
  servers: ({ redis }) => {
    const [first, second] = ['redis', 'redis-twin'].map((name) =>
      redisServer(redis, { name, replicas: 1, serviceName: name }),
    ) as [ReturnType<typeof redisServer>, ReturnType<typeof redisServer>];
    return {
      scripts: 'redis-scripts',
      users: [],
      services: [clusterService('redis', first), clusterService('redis-twin', second)],
      policies: [redisPolicy(first, redis)],
      servers: [first, second],
    };
  },
  ownScripts: [],
  clientOptions: () => ({ twin: true }),
  resultsReadPasswordOnce: false,
};

const names = (tenant: ResolvedTenant, kind: string): string[] =>
  apiObjectsOf(new TenantChart(new App(), tenant)).flatMap((o) => (o.kind === kind ? [o.name] : []));

test('a fifth topology is one object and one line', () => {
  const list = TOPOLOGIES as Record<string, unknown>;
  const [platform] = platforms({
    environments: [plain],
    tenants: [tenantOf({ broker: { topology: 'standalone' } })],
  });
  const tenant = platform?.tenants[0] as ResolvedTenant;
  const redis = { ...tenant.broker.redis, topology: 'twins' } as unknown as ResolvedTenant['broker']['redis'];
  list['twins'] = twins;

  const asTwins = { ...tenant, broker: { ...tenant.broker, redis } };

  expect(names(asTwins, 'StatefulSet')).toEqual(['redis', 'redis-twin']);
  expect(names(asTwins, 'Service')).toEqual(['redis', 'redis-twin']);
  delete list['twins'];
});
