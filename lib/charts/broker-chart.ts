// A broker that tenants share, in a namespace of its own.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { labels } from '../kube';
import type { Identity } from '../kube';
import { claimsOfRedis } from '../plan/redis/broker';
import { RedisServers } from '../redis';
import { metricsPolicy } from '../traits/metrics';
import { quota } from '../traits/quota';
import { ClosedNamespace } from './namespace';
import { afterNamespace } from './order';
import { sharedRedis } from './redis-of';
import type { SharedBrokerProps } from './redis-of';

export class BrokerChart extends Chart {
  constructor(scope: Construct, asked: SharedBrokerProps) {
    const props = sharedRedis(asked);
    const { namespace, environment } = props;
    super(scope, namespace, { namespace, disableResourceNameHashes: true });
    const identity: Identity = { component: 'platform', instance: 'broker', owner: asked.name };

    const closed = new ClosedNamespace(this, 'namespace', { name: namespace, identity, environment });
    if (environment.monitoring) metricsPolicy(this, labels(identity), environment);
    const { servers } = new RedisServers(this, 'broker', props);
    quota(this, {
      labels: labels(identity),
      footprints: servers.map(({ footprint }) => footprint),
      claims: claimsOfRedis(props.plan),
      unsaid: environment.defaults.helper,
    });
    afterNamespace(this, closed.namespace);
  }
}
