// One Redis pod: Services `redis` and `redis-headless`, or `cache` and `cache-headless`.

import { Construct } from 'constructs';
import { labels, selector } from '../kube';
import { identityOf, surroundings } from './base';
import type { RedisProps } from './base';
import { redisPort } from '../plan/redis/endpoint';
import { server } from './server';
import type { Server } from './server';
import { headless, service } from './services';

export interface StandaloneProps extends RedisProps {
  /** What it is for, and what its objects are called. */
  readonly name: 'redis' | 'cache';
}

export class StandaloneRedis extends Construct {
  readonly servers: readonly Server[];

  constructor(scope: Construct, id: string, props: StandaloneProps) {
    super(scope, id);
    const { name } = props;
    const identity = identityOf(props, name, name);
    const own = labels(identity);
    const pods = selector(identity);
    const serviceName = `${name}-headless`;

    const sources = surroundings(this, name, props);
    const port = redisPort(props.redis);
    service(this, { name, labels: own, pods, port });
    headless(this, { name: serviceName, labels: own, pods, port });
    this.servers = [server(this, { ...props, identity, role: 'primary', replicas: 1, serviceName, sources })];
  }
}
