// One Redis pod: Services `redis` and `redis-headless`, or `cache` and `cache-headless`.

import type { ResolvedServer } from '../../../../spec';
import type { RedisPlan } from '../../server';
import { fixedPrimary, fullName } from '../common';
import { clusterService, headlessService, redisPolicy, redisServer } from '../servers';
import type { ServerTopology } from '../topology';

const NAME = 'redis';

export const standaloneTopology: ServerTopology = {
  /** A Service's short name within its namespace: one DNS query instead of five. */
  endpoint: (site, near) =>
    fixedPrimary(site, near, { name: NAME, host: near ? NAME : fullName(NAME, site) }),
  servers: ({ redis }) => onePod(redis, NAME),
  ownScripts: [],
  clientOptions: () => ({}),
  resultsReadPasswordOnce: false,
};

export function onePod(redis: ResolvedServer, name: 'redis' | 'cache'): RedisPlan {
  const server = redisServer(redis, {
    component: name,
    name,
    role: 'primary',
    replicas: 1,
    serviceName: `${name}-headless`,
  });
  return {
    scripts: `${name}-scripts`,
    users: [],
    services: [clusterService(name, server), headlessService(server)],
    policies: [redisPolicy(server, redis)],
    servers: [server],
  };
}
