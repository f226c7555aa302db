// The broker that a tenant moves to, as the cluster has it: its pods, room for one more, and whether it knows the tenant.

import { askRedis, containerOf, isReady, POD } from '../cluster';
import type { Cluster, Pod } from '../cluster';
import { brokerNamespace } from '../kube';
import { ALERT_LIMITS } from '../observe/limits';
import { isRunByStalk } from '../plan/redis/broker';
import type { ResolvedBroker, ResolvedTenant } from '../spec';
import { resolveShared } from '../spec/resolve-redis';
import { lookAtBroker, shortMemory } from '../status';
import type { JudgedBroker, WatchedBroker } from '../status';

export interface Readiness {
  readonly isReady: boolean;
  readonly lines: readonly string[];
}

/** Before it begins. Throws where the API server itself does not answer. */
export async function readyFor(cluster: Cluster, tenant: ResolvedTenant, to: string): Promise<Readiness> {
  const { environment, broker } = tenant;
  const asked = Object.hasOwn(environment.brokers, to) ? resolveShared(to, environment) : undefined;
  if (asked === undefined || !isRunByStalk(asked))
    return {
      isReady: true,
      lines: ['Nothing can be asked of it before: its first client comes with that commit.'],
    };
  await cluster.version();
  const looked = (one: WatchedBroker): Promise<JudgedBroker> =>
    lookAtBroker(cluster, one, environment.clusterDomain);
  const found = await looked(watched(to, { kind: 'shared', namespace: brokerNamespace(to), redis: asked }));
  const own =
    broker.kind === 'dedicated' && isRunByStalk(broker.redis)
      ? await looked(watched(tenant.name, broker, [tenant]))
      : undefined;
  const wrong = [...found.troubles.map(({ text }) => text), ...tooFull(found, own)];
  return {
    isReady: wrong.length === 0,
    lines: [
      factsLine(to, found),
      ...wrong.map((text) => `Not yet, ${to}: ${text}`),
      ...(wrong.length === 0 ? [`${to} is ready for it.`] : []),
    ],
  };
}

const watched = (
  name: string,
  { kind, namespace, redis }: Pick<ResolvedBroker, 'kind' | 'namespace' | 'redis'>,
  tenants: readonly ResolvedTenant[] = [],
): WatchedBroker => ({ name, kind, namespace, redis, tenants });

function factsLine(to: string, { facts: { pods, memory, connections } }: JudgedBroker): string {
  const parts = [
    `${pods.ready} of ${pods.wanted} Redis ready`,
    ...(memory ? [`${shortMemory(memory.used)} of ${shortMemory(memory.max)} used`] : []),
    ...(connections ? [`${connections.used} of ${connections.max} connections`] : []),
  ];
  return `${to} now: ${parts.join(', ')}.`;
}

/** What a Redis of its own holds today is about what the tenant needs; of a shared one nobody knows its share. */
function tooFull({ facts: { memory } }: JudgedBroker, own: JudgedBroker | undefined): readonly string[] {
  const more = own?.facts.memory?.used;
  if (memory === undefined || more === undefined || memory.used > memory.max * ALERT_LIMITS.memory) return [];
  return memory.used + more > memory.max * ALERT_LIMITS.memory
    ? [
        `with the ${shortMemory(more)} that the tenant has today, it is fuller than ${ALERT_LIMITS.memory * 100} %: raise its memory`,
      ]
    : [];
}

/** Why the pods of the move may wait: the new broker may not have read of the tenant yet. */
export async function knows(
  cluster: Cluster,
  { broker }: ResolvedTenant,
  to: string,
): Promise<readonly string[]> {
  if (!isRunByStalk(broker.redis)) return [];
  const labels = { 'app.kubernetes.io/component': 'redis' };
  const pod = (await cluster.list<Pod>(POD, broker.namespace, labels)).find(isReady);
  if (pod === undefined) return [`No Redis of ${to} is ready in the namespace ${broker.namespace}.`];
  const where = containerOf({ ...pod, metadata: { ...pod.metadata, namespace: broker.namespace } }, 'redis');
  const [users = ''] = await askRedis({ cluster }, where, ['ACL USERS']);
  return users.split(/\r?\n/).includes(broker.users.worker)
    ? [`${to} knows the user ${broker.users.worker}.`]
    : [
        `${to} does not know the user ${broker.users.worker} yet: its folder is not applied, or not read yet.`,
      ];
}
