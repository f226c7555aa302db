// One look at a cluster: asked, judged, and in the order of who is worst off.

import { clusterName } from '../cluster';
import type { Cluster } from '../cluster';
import type { ResolvedTenant } from '../spec';
import { firing, withAlerts } from './alerts';
import { judgedBroker } from './brokers';
import { see } from './seen';
import type { Seen } from './seen';
import type { Alerts, BrokerStatus, Status, TenantStatus, Trouble } from './status';
import { tenantTroubles } from './tenant-troubles';
import { factsOf } from './tenants';
import { sorted, stateOf, worstFirst } from './troubles';
import type { Watched } from './watched';

/** Throws where the API server itself does not answer. */
export async function look(cluster: Cluster, watched: Watched, now: () => Date): Promise<Status> {
  await cluster.version();
  const [seen, alerts] = await Promise.all([see(cluster, watched), firing(cluster, watched)]);
  return {
    environment: watched.environment.name,
    cluster: clusterName(cluster),
    at: now().toISOString(),
    alerts,
    brokers: worstFirst(brokersOf(watched, seen, alerts)),
    tenants: worstFirst(watched.tenants.map((tenant) => tenantOf(tenant, watched, seen, alerts))),
  };
}

const brokersOf = (watched: Watched, seen: Seen, alerts: Alerts): readonly BrokerStatus[] =>
  watched.brokers.flatMap((broker, i) => {
    const answer = seen.brokers[i];
    if (answer === undefined) return [];
    const { facts, troubles } = judgedBroker(broker, watched.environment.clusterDomain, answer);
    return [{ ...facts, ...judged(withAlerts(troubles, alerts, { broker: broker.name })) }];
  });
