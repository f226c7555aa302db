// A fixed primary and read replicas: two StatefulSets under one headless Service.
//
// `redis` answers for the primary alone, `redis-replicas` for those that are read from: a Service in front of both sends
// writes to read-only replicas. Celery is given the primary's own name.

import { Construct } from 'constructs';
import { labels, selector } from '../kube';
import { REPLICA } from './acl';
import { identityOf, surroundings } from './base';
import type { RedisProps } from './base';
import { redisPort } from '../plan/redis/endpoint';
import { server } from './server';
import type { Server } from './server';
import { headless, service } from './services';

export class ReplicatedRedis extends Construct {
  readonly servers: readonly Server[];

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const primary = identityOf(props, 'redis', 'redis');
    const replica = identityOf(props, 'redis', 'redis-replica');
    const own = labels(primary);
    const serviceName = 'redis-headless';

    const sources = surroundings(this, 'redis', { ...props, users: [...props.users, REPLICA] });
    const port = redisPort(props.redis);
    const pods = { 'app.kubernetes.io/component': 'redis' };
    service(this, { name: 'redis', labels: own, pods: selector(primary), port });
    headless(this, { name: serviceName, labels: own, pods, port });
    service(this, { name: 'redis-replicas', labels: labels(replica), pods: selector(replica), port });

    const first = server(this, {
      ...props,
      identity: primary,
      role: 'primary',
      replicas: 1,
      serviceName,
      sources,
    });
    const readers = server(this, {
      ...props,
      identity: replica,
      role: 'replica',
      replicas: props.redis.replicas,
      serviceName,
      sources,
      primary: `redis-0.${serviceName}.${props.namespace}.svc.${props.environment.clusterDomain}`,
    });
    readers.workload.addDependency(first.workload);
    this.servers = [first, readers];
  }
}
