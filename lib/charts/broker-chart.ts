// A broker that tenants share, in a namespace of its own.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { brokerNamespace, labels } from '../kube';
import type { Identity } from '../kube';
import { sharedUsers } from '../redis';
import type { ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../spec';
import { clientsOf } from '../traits/network';
import { quota } from '../traits/quota';
import { serverClaims } from './claims';
import { ClosedNamespace } from './namespace';
import { afterNamespace } from './order';
import { brokerRedis } from './topology';

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
    const { servers } = brokerRedis(this, {
      redis,
      environment,
      users: sharedUsers(tenants),
      owner: name,
      namespace,
      clients: [clientsOf(name)],
      of: `brokers/${name}`,
    });
    quota(this, {
      labels: labels(identity),
      footprints: servers.map(({ footprint }) => footprint),
      claims: serverClaims(redis),
      unsaid: environment.defaults.helper,
    });
    afterNamespace(this, closed.namespace);
  }
}
