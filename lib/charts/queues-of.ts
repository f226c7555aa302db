// The exporter of a broker's queues, beside the broker: in its namespace, or in that of its tenant.

import { brokerNamespace } from '../kube';
import type { QueuesExporterProps } from '../observe/queues/exporter';
import { brokerEndpoint, brokerName, isGuest } from '../plan/redis/broker';
import { topologyOf } from '../plan/redis/topologies';
import { QUEUES } from '../redis';
import type { ResolvedTenant } from '../spec';
import { certificatesElsewhere } from '../spec/secrets';
import type { SharedBrokerProps } from './redis-of';

/** It comes as the one user that reads the keys of all tenants: its password lies beside the broker alone. */
const LOGIN = { user: QUEUES.name, secret: 'redis-users' };

/** Of a shared broker. */
export function sharedQueues(props: SharedBrokerProps): QueuesExporterProps | undefined {
  const { name, redis, environment, tenants } = props;
  const { monitoring, clusterDomain } = environment;
  if (monitoring === undefined) return undefined;
  const site = { redis, namespace: brokerNamespace(name), clusterDomain };
  return {
    environment,
    exporter: monitoring.queuesExporter,
    owner: name,
    broker: name,
    runtime: redis.runtime,
    endpoint: topologyOf(redis).endpoint(site, true),
    login: LOGIN,
    certificatesElsewhere: certificatesElsewhere(redis.tls),
    tenants,
  };
}

/**
 * Of a tenant's own broker, and of one that somebody else runs: nobody but its clients is near that one, and each of them
 * counts its own queues, as a user that reads no key of another.
 */
export function ownQueues(tenant: ResolvedTenant): readonly QueuesExporterProps[] {
  const { name, environment, broker, runtime } = tenant;
  const { monitoring } = environment;
  if (monitoring === undefined || isGuest(tenant)) return [];
  const { queues } = broker.users;
  return [
    {
      environment,
      exporter: monitoring.queuesExporter,
      owner: name,
      broker: brokerName(tenant),
      tenant: name,
      runtime,
      endpoint: brokerEndpoint(tenant),
      login: queues === undefined ? LOGIN : { user: queues, secret: broker.secret },
      certificatesElsewhere: certificatesElsewhere(broker.redis.tls),
      tenants: [tenant],
    },
  ];
}
