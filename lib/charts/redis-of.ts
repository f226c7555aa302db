// The Redis servers of a chart, as lib/redis renders them: a shared broker, a tenant's own one, its cache.

import { brokerNamespace, CLIENT_OF, namespaceLabel, QUEUES_EXPORTER, selector } from '../kube';
import { brokerPlan, cachePlan, dedicatedPlan, isRunByStalk } from '../plan/redis/broker';
import { BACKUP, cacheUser, QUEUES, sharedUsers, tenantUser } from '../redis';
import type { RedisProps } from '../redis';
import type { ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';
import { clientsOf, leaversOf, local, peer } from '../traits/network';

export interface SharedBrokerProps {
  readonly name: string;
  readonly redis: ResolvedServer;
  readonly environment: ResolvedEnvironment;
  /** Those that use it. */
  readonly tenants: readonly ResolvedTenant[];
}

export function sharedRedis({ name, redis, environment, tenants }: SharedBrokerProps): RedisProps {
  const namespace = brokerNamespace(name);
  return {
    name: 'redis',
    redis,
    plan: brokerPlan({ redis, namespace, clusterDomain: environment.clusterDomain }),
    environment,
    users: [...sharedUsers(tenants), ...watcher(environment).users, ...dumper(redis)],
    owner: name,
    namespace,
    clients: [
      clientsOf(name),
      ...(tenants.some(({ broker }) => broker.isLeft) ? [leaversOf(name)] : []),
      ...tenants.flatMap(producersOf),
      ...watcher(environment).pods,
    ],
    of: `brokers/${name}`,
  };
}

/** In namespaces that Stalk does not render. */
const producersOf = ({ producers }: ResolvedTenant): readonly ReturnType<typeof peer>[] =>
  Object.values(producers).map(({ namespace, pods }) => peer({ namespace: namespaceLabel(namespace), pods }));

/** Who counts the queues of a broker, beside it. */
const watcher = ({ monitoring }: ResolvedEnvironment) =>
  monitoring === undefined
    ? { users: [], pods: [] }
    : { users: [QUEUES], pods: [local(selector(QUEUES_EXPORTER))] };

/** Who dumps a broker, beside it. */
const dumper = ({ backup }: ResolvedServer) => (backup === undefined ? [] : [BACKUP]);

/** Those in the tenant's namespace: none, its broker, its cache, or both. */
export const ownRedis = (tenant: ResolvedTenant): readonly RedisProps[] => [
  ...tenantSides(tenant).flatMap(dedicated),
  ...cache(tenant),
];

const ofTenant = ({ name, namespace, environment }: ResolvedTenant) => ({
  environment,
  owner: name,
  tenant: name,
  namespace,
});

function dedicated(tenant: ResolvedTenant): RedisProps[] {
  const { redis } = tenant.broker;
  const plan = dedicatedPlan(tenant);
  if (plan === undefined || !isRunByStalk(redis)) return [];
  return [
    {
      ...ofTenant(tenant),
      name: 'redis',
      redis,
      plan,
      users: [tenantUser(tenant), ...watcher(tenant.environment).users, ...dumper(redis)],
      clients: [local(CLIENT_OF.broker), ...producersOf(tenant), ...watcher(tenant.environment).pods],
      of: `tenants/${tenant.name}/redis`,
    },
  ];
}

function cache(tenant: ResolvedTenant): RedisProps[] {
  if (tenant.cache === undefined || !isRunByStalk(tenant.cache.redis)) return [];
  const { redis, user } = tenant.cache;
  return [
    {
      ...ofTenant(tenant),
      name: 'cache',
      redis,
      plan: cachePlan(redis),
      users: [cacheUser(user)],
      clients: [local(CLIENT_OF.cache)],
      of: `tenants/${tenant.name}/cache`,
    },
  ];
}
