// A broker that tenants share, in a namespace of its own.

import { Chart } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { labels, QUEUES_EXPORTER } from '../kube';
import type { Identity } from '../kube';
import { QueuesExporter } from '../observe/queues/exporter';
import { claimsOfRedis } from '../plan/redis/broker';
import { clientCertificate, QUEUES, RedisServers } from '../redis';
import { metricsPolicy } from '../traits/metrics';
import { quota } from '../traits/quota';
import { ClosedNamespace } from './namespace';
import { after, afterNamespace } from './order';
import { sharedQueues } from './queues-of';
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
    const queues = this.queues(
      asked,
      servers.map(({ workload }) => workload),
    );
    quota(this, {
      labels: labels(identity),
      footprints: [...servers, ...queues].map(({ footprint }) => footprint),
      claims: claimsOfRedis(props.plan),
      unsaid: environment.defaults.helper,
    });
    afterNamespace(this, closed.namespace);
  }

  /** None where nothing is watched, or one. */
  private queues(asked: SharedBrokerProps, servers: readonly ApiObject[]): readonly QueuesExporter[] {
    const props = sharedQueues(asked);
    if (props === undefined) return [];
    const { tls } = asked.redis;
    const own = labels({ ...QUEUES_EXPORTER, owner: asked.name });
    const files = tls ? clientCertificate(this, { tls, labels: own, name: QUEUES.name }) : [];
    const exporter = new QueuesExporter(this, 'queues', props);
    after([exporter.workload], [...files, ...servers]);
    return [exporter];
  }
}
