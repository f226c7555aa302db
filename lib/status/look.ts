// One look at a cluster: asked, judged, and in the order of who is worst off.

import { clusterName } from '../cluster';
import type { Cluster } from '../cluster';
import type { ResolvedTenant } from '../spec';
import { firing, withAlerts } from './alerts';
import { askBroker } from './ask-broker';
import { judgedBroker } from './brokers';
import type { JudgedBroker } from './brokers';
import { podsIn } from './pods';
import { see } from './seen';
import type { Seen, TenantSeen } from './seen';
import type { Alerts, BrokerStatus, OldSideStatus, State, Status, TenantStatus, Trouble } from './status';
import { tenantTroubles } from './tenant-troubles';
import { factsOf } from './tenants';
import type { TenantFacts } from './tenants';
import { stateOf, worstOffFirst } from './troubles';
import type { Watched, WatchedBroker } from './watched';

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

/** One of them alone, which need not have a tenant yet. */
export const lookAtBroker = async (
  cluster: Cluster,
  broker: WatchedBroker,
  clusterDomain: string,
): Promise<JudgedBroker> => {
  const [owner] = broker.tenants;
  const pods = owner && broker.kind === 'dedicated' ? await podsIn(cluster, owner.namespace) : [];
  return judgedBroker(broker, clusterDomain, await askBroker(cluster, broker, () => pods));
};

const brokersOf = (watched: Watched, seen: Seen, alerts: Alerts): readonly BrokerStatus[] =>
  watched.brokers.flatMap((broker, i) => {
    const answer = seen.brokers[i];
    if (answer === undefined) return [];
    const { facts, troubles } = judgedBroker(broker, watched.environment.clusterDomain, answer);
    return [{ ...facts, ...judged(withAlerts(troubles, alerts, { broker: broker.name })) }];
  });

function tenantOf(tenant: ResolvedTenant, watched: Watched, seen: Seen, alerts: Alerts): TenantStatus {
  const { name, moving } = tenant;
  const here = seen.tenants.get(name);
  if (here === undefined) throw new Error(`nothing was asked about tenant ${name}`);
  const { facts, troubles } = sideOf(tenant, watched, { here, seen });
  const old = moving && sideOf(moving, watched, { here, seen });
  const all = [
    ...(here.error === undefined ? [] : [unknown(here.error)]),
    ...troubles,
    ...(old
      ? old.troubles.map((one) => ({ ...one, text: `old side, ${old.facts.broker}: ${one.text}` }))
      : []),
  ];
  return {
    ...facts,
    ...judged(withAlerts(all, alerts, { tenant: name })),
    ...(old && { movingFrom: leftThere(old.facts) }),
  };
}

const leftThere = ({ broker, pools, queues, inHand, deadLetters }: TenantFacts): OldSideStatus => ({
  ...{ broker, pools, queues },
  ...(inHand && { inHand }),
  ...(deadLetters !== undefined && { deadLetters }),
});

interface Side {
  readonly facts: TenantFacts;
  readonly troubles: readonly Trouble[];
}

/** The tenant on one broker. */
function sideOf(
  side: ResolvedTenant,
  { brokers }: Watched,
  { here, seen }: { readonly here: TenantSeen; readonly seen: Seen },
): Side {
  const place = brokers.findIndex(({ tenants }) => tenants.includes(side));
  const held = seen.brokers[place]?.held.get(side.name);
  const facts = { ...factsOf(side, here, held), broker: String(brokers[place]?.name) };
  return {
    facts,
    troubles: [
      ...(here.error === undefined ? tenantTroubles(side, facts) : []),
      ...(held === undefined ? [unknown('its broker did not say what waits')] : []),
    ],
  };
}

const unknown = (text: string): Trouble => ({ state: 'unknown', text });

const judged = (
  troubles: readonly Trouble[],
): { readonly state: State; readonly troubles: readonly Trouble[] } => ({
  state: stateOf(troubles),
  troubles,
});
