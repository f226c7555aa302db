// One look at a cluster: asked, judged, and in the order of who is worst off.

import { clusterName } from '../cluster';
import type { Cluster } from '../cluster';
import type { ResolvedTenant } from '../spec';
import { firing, withAlerts } from './alerts';
import { judgedBroker } from './brokers';
import { see } from './seen';
import type { Seen } from './seen';
import type { Alerts, BrokerStatus, State, Status, TenantStatus, Trouble } from './status';
import { tenantTroubles } from './tenant-troubles';
import { factsOf } from './tenants';
import { stateOf, worstOffFirst } from './troubles';
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
    brokers: worstOffFirst(brokersOf(watched, seen, alerts)),
    tenants: worstOffFirst(watched.tenants.map((tenant) => tenantOf(tenant, watched, seen, alerts))),
  };
}

const brokersOf = (watched: Watched, seen: Seen, alerts: Alerts): readonly BrokerStatus[] =>
  watched.brokers.flatMap((broker, i) => {
    const answer = seen.brokers[i];
    if (answer === undefined) return [];
    const { facts, troubles } = judgedBroker(broker, watched.environment.clusterDomain, answer);
    return [{ ...facts, ...judged(withAlerts(troubles, alerts, { broker: broker.name })) }];
  });

function tenantOf(tenant: ResolvedTenant, { brokers }: Watched, seen: Seen, alerts: Alerts): TenantStatus {
  const { name } = tenant;
  const here = seen.tenants.get(name);
  if (here === undefined) throw new Error(`nothing was asked about tenant ${name}`);
  const broker = brokers.findIndex(({ tenants }) => tenants.includes(tenant));
  const held = seen.brokers[broker]?.held.get(name);
  const facts = factsOf(tenant, here, held);
  const troubles = [
    ...(here.error === undefined ? tenantTroubles(tenant, facts) : [unknown(here.error)]),
    ...(held === undefined ? [unknown('its broker did not say what waits')] : []),
  ];
  return { ...facts, ...judged(withAlerts(troubles, alerts, { tenant: name })) };
}

const unknown = (text: string): Trouble => ({ state: 'unknown', text });

const judged = (
  troubles: readonly Trouble[],
): { readonly state: State; readonly troubles: readonly Trouble[] } => ({
  state: stateOf(troubles),
  troubles,
});
