// A tenant's place on a shared broker, as far as it can be judged alone.

import { RESERVED_USERS } from '../isolation';
import { isShared } from '../resolve-redis';
import type { BrokerUse } from '../broker-use';
import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { show, unless } from './finding';
import type { Finding, Rule } from './finding';

const place = ({ broker }: Tenant): Partial<BrokerUse> =>
  broker !== undefined && isShared(broker) ? broker : {};

/** What installs itself into a namespace `<name>-system`: `booking-system` is an app like any other. */
const SYSTEMS =
  'calico|capi|cattle|chaos-mesh|cilium|cnpg|crossplane|dapr|flux|gatekeeper|gke-managed|gmp|istio|keda|kubevirt|kuma|kyverno|longhorn|metallb|nfd|olm|openebs|opentelemetry-operator|projectcontour|rook-ceph|sealed-secrets|tekton|vault|volcano';

/** Namespaces of Kubernetes, and of what is installed into clusters. */
const RESERVED_NAMESPACES = new RegExp(
  `^(default|kube-.*|(${SYSTEMS})-system|openshift-.*|istio-.*|argocd|argo-rollouts|cert-manager|external-secrets|ingress-nginx|traefik|keda|monitoring|local-path-storage|tigera-operator|knative-.*|gmp-public|cnpg)$`,
);

/** Whether a namespace of this name is there, or soon, and not the tenant's; a name of a user counts as well. */
export const isTaken = (name: string, brokers: readonly string[] = []): boolean =>
  isReserved(name) || RESERVED_NAMESPACES.test(name) || brokers.some((broker) => name === `broker-${broker}`);

/** Redis users of Redis and of the platform cannot be a tenant's. */
const isReserved = (name: string): boolean => (RESERVED_USERS as readonly string[]).includes(name);

/** Also for a command that makes a new tenant. */
export const NOT_TAKEN = {
  wanted: 'be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already',
  fix: 'choose another name',
} as const;

const names = ({ name, broker, environment: { brokers } }: ResolvedTenant): readonly Finding[] => [
  ...unless(!isTaken(name, Object.keys(brokers)), () => ({ path: ['name'], ...NOT_TAKEN, got: show(name) })),
  ...unless(broker.group === undefined || !isReserved(broker.group), () => ({
    path: ['broker', 'group'],
    wanted: 'be no user of Redis or Stalk',
    got: show(broker.group),
    fix: 'choose another name',
  })),
];

const groupsShareAPrefix = ({ broker: { isolation, group } }: ResolvedTenant): readonly Finding[] =>
  unless(group === undefined || isolation === 'queue', () => ({
    path: ['broker', 'group'],
    wanted: `not be given with isolation "${isolation}": the tenants of a group share one prefix`,
    got: show(group),
    fix: "use isolation: 'queue', or remove group",
  }));

const unusedPrefix = (
  { broker: { isolation, group } }: ResolvedTenant,
  asked: Tenant,
): readonly Finding[] => {
  const { prefix } = place(asked);
  return unless(prefix === undefined || isolation !== 'queue' || group !== undefined, () => ({
    path: ['broker', 'prefix'],
    wanted: 'not be given with isolation "queue", which has no prefix',
    got: show(prefix),
    fix: "use isolation: 'hybrid', or remove prefix",
  }));
};

/** A worker has one connection and one prefix, so it cannot serve tenants that each have their own. */
const sharedPools = (
  { broker: { isolation, group, kind } }: ResolvedTenant,
  asked: Tenant,
): readonly Finding[] =>
  Object.entries(asked.workers ?? {}).flatMap(([name, { serves }]) => {
    if (serves === undefined || (isolation === 'queue' && group !== undefined)) return [];
    const why =
      isolation === 'queue'
        ? 'not be given without a group: one pool has one Redis user'
        : `not be given with ${kind === 'shared' ? `isolation "${isolation}"` : 'a broker of its own'}: a worker has one prefix`;
    return [
      {
        path: ['workers', name, 'serves'],
        wanted: why,
        got: show(serves),
        fix: "use broker: { shared: …, isolation: 'queue', group: … } for each of the tenants, or a pool for each",
      },
    ];
  });

/** Keys of Celery's and the loader's own that lie beside the queues where these keep their names. */
const BESIDE = /^(unacked(_index|_mutex)?|dead-letters(-dropped)?)$/;

/** The same, and what begins with the queues' base where there is no prefix. */
const UNDER_BASE =
  /^(unacked(_index|_mutex)?|dead-letters(-dropped)?|binding_deadlines|ev|ev\..*|(.*\.)?pidbox|(celery-task(set)?-meta|chord-unlock)-.*)$/;

function takenNames({ broker: { isolation, prefix, queueBase } }: ResolvedTenant): RegExp | undefined {
  if (queueBase === undefined) return BESIDE;
  return isolation === 'queue' && prefix === '' ? UNDER_BASE : undefined;
}

const queueNames = (tenant: ResolvedTenant, asked: Tenant): readonly Finding[] => {
  const taken = takenNames(tenant);
  if (taken === undefined) return [];
  return Object.entries(asked.workers ?? {}).flatMap(([name, { queues = [] }]) =>
    queues.flatMap((queue, i) =>
      unless(!taken.test(queue), () => ({
        path: ['workers', name, 'queues', i],
        wanted: 'be no name of keys that Celery keeps beside the queues',
        got: show(queue),
        fix: "rename the queue, or use isolation: 'hybrid'",
      })),
    ),
  );
};

export const isolationRules: readonly Rule[] = [
  { what: 'a queue is not called like a key of Celery', of: queueNames },
  { what: 'names are free', of: names },
  { what: 'a group has queue isolation', of: groupsShareAPrefix },
  { what: 'a prefix is used', of: unusedPrefix },
  { what: 'a shared pool has one prefix', of: sharedPools },
];
