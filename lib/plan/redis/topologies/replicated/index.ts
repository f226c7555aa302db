// A fixed primary and read replicas: two StatefulSets under one headless Service.
//
// `redis` answers for the primary alone, `redis-replicas` for those that are read from: a Service in front of both sends
// writes to read-only replicas. Celery is given the primary's own name.

import type { ResolvedServer } from '../../../../spec';
import type { RedisPlan } from '../../server';
import { fixedPrimary, fullName } from '../common';
import { clusterService, headlessService, redisPolicy, redisServer } from '../servers';
import type { ServerTopology, Site } from '../topology';

const HEADLESS = 'redis-headless';
const PRIMARY_POD = `redis-0.${HEADLESS}`;

export const replicatedTopology: ServerTopology = {
  endpoint: (site, near) =>
    fixedPrimary(site, near, { name: PRIMARY_POD, host: fullName(PRIMARY_POD, site) }),
  servers,
  ownScripts: [],
  clientOptions: () => ({}),
  resultsReadPasswordOnce: false,
};

function servers(site: Site<ResolvedServer>): RedisPlan {
  const { redis } = site;
  const primary = redisServer(redis, { name: 'redis', role: 'primary', replicas: 1, serviceName: HEADLESS });
  const replica = redisServer(redis, {
    name: 'redis-replica',
    role: 'replica',
    replicas: redis.replicas,
    after: primary.name,
    serviceName: HEADLESS,
    primary: fullName(PRIMARY_POD, site),
  });
  return {
    scripts: 'redis-scripts',
    users: ['replica'],
    services: [
      clusterService('redis', primary),
      headlessService(primary, { component: 'redis' }),
      clusterService('redis-replicas', replica),
    ],
    policies: [redisPolicy(primary, redis)],
    servers: [primary, replica],
  };
}
