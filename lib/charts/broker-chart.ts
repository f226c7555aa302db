// A broker that tenants share, in a namespace of its own.

import { Chart } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { labels, QUEUES_EXPORTER } from '../kube';
import type { Identity } from '../kube';
import { QueuesExporter } from '../observe/queues/exporter';
import { BACKUP_NAMES, claimsOfBackup } from '../plan/redis/backup';
import { claimsOfRedis } from '../plan/redis/broker';
import { BACKUP, clientCertificate, QUEUES, RedisServers } from '../redis';
import { metricsPolicy } from '../traits/metrics';
import { quota } from '../traits/quota';
import { ClosedNamespace } from './namespace';
import { after, afterNamespace } from './order';
import { sharedQueues } from './queues-of';
import { sharedRedis } from './redis-of';
import type { SharedBrokerProps } from './redis-of';

/** Of what belongs to backups alone. */
const BACKUP_IDENTITY = { component: 'backup', instance: BACKUP_NAMES.backup } as const;

export class BrokerChart extends Chart {
  constructor(scope: Construct, asked: SharedBrokerProps) {
    const props = sharedRedis(asked);
    const { namespace, environment } = props;
    super(scope, namespace, { namespace, disableResourceNameHashes: true });
    const identity: Identity = { component: 'platform', instance: 'broker', owner: asked.name };

    const closed = new ClosedNamespace(this, 'namespace', { name: namespace, identity, environment });
    if (environment.monitoring) metricsPolicy(this, labels(identity), environment);
    const { servers, runs } = new RedisServers(this, 'broker', props);
    const queues = this.queues(
      asked,
      servers.map(({ workload }) => workload),
    );
    quota(this, {
      labels: labels(identity),
      footprints: [...[...servers, ...queues].map(({ footprint }) => footprint), ...runs],
      claims: [...claimsOfRedis(props.plan), ...claimsOfBackup(props.redis)],
      unsaid: environment.defaults.helper,
    });
    afterNamespace(this, closed.namespace);
  }

  /** None where nothing is watched, or one. */
  private queues(asked: SharedBrokerProps, servers: readonly ApiObject[]): readonly QueuesExporter[] {
    const props = sharedQueues(asked);
    const { tls, backup } = asked.redis;
    const client = props ? { ...QUEUES_EXPORTER, user: QUEUES } : { ...BACKUP_IDENTITY, user: BACKUP };
    const own = labels({ ...client, owner: asked.name });
    const files =
      tls && (props || backup) ? clientCertificate(this, { tls, labels: own, name: client.user.name }) : [];
    if (props === undefined) return [];
    const exporter = new QueuesExporter(this, 'queues', props);
    after([exporter.workload], [...files, ...servers]);
    return [exporter];
  }
}
