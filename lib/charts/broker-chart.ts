// A broker that tenants share, in a namespace of its own.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { brokerNamespace, labels } from '../kube';
import type { Identity } from '../kube';
import { brokerPlan, claimsOfRedis } from '../plan/redis/broker';
import { RedisServers, tenantUsers } from '../redis';
import type { RedisUser } from '../redis';
import type { ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../spec';
import { clientsIn } from '../traits/network';
import { quota } from '../traits/quota';
import { ClosedNamespace } from './namespace';
import { afterNamespace } from './order';

export interface BrokerChartProps {
  readonly name: string;
  readonly redis: ResolvedServer;
  readonly environment: ResolvedEnvironment;
  /** Those that use it. */
  readonly tenants: readonly ResolvedTenant[];
}

export class BrokerChart extends Chart {
  constructor(scope: Construct, { name, redis, environment, tenants }: BrokerChartProps) {
    const namespace = brokerNamespace(name);
    super(scope, namespace, { namespace, disableResourceNameHashes: true });
    const identity: Identity = { component: 'platform', instance: 'broker', owner: name };

    const closed = new ClosedNamespace(this, 'namespace', { name: namespace, identity, environment });
    const { clusterDomain } = environment;
    const plan = brokerPlan({ redis, namespace, clusterDomain });
    const { servers } = new RedisServers(this, 'broker', {
      name: 'redis',
      redis,
      plan,
      environment,
      users: usersOf(tenants),
      owner: name,
      namespace,
      clients: tenants.map((tenant) => clientsIn(tenant.namespace)),
      of: `brokers/${name}`,
    });
    quota(this, {
      labels: labels(identity),
      footprints: servers.map(({ footprint }) => footprint),
      claims: claimsOfRedis(plan),
      unsaid: environment.defaults.helper,
    });
    afterNamespace(this, closed.namespace);
  }
}

/** Tenants of one group share their users, who may do what any of them needs. */
function usersOf(tenants: readonly ResolvedTenant[]): RedisUser[] {
  const words = new Map<string, Set<string>>();
  for (const { name, rules } of tenants.flatMap(tenantUsers)) {
    const known = words.get(name);
    words.set(name, new Set([...(known ? known : []), ...rules.split(' ')]));
  }
  return [...words].map(([name, rules]) => ({ name, rules: [...rules].join(' ') }));
}
