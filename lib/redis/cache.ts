// A Redis that may forget, beside the broker: caches, rate limits, sessions.

import { Construct } from 'constructs';
import { labels, selector } from '../kube';
import { identityOf, surroundings } from './base';
import type { RedisProps } from './base';
import { server } from './server';
import type { Server } from './server';
import { headless, service } from './services';

export class CacheRedis extends Construct {
  readonly servers: readonly Server[];

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const identity = identityOf(props, 'cache', 'cache');
    const own = labels(identity);
    const pods = selector(identity);

    const sources = surroundings(this, 'cache', props);
    service(this, { name: 'cache', labels: own, pods });
    headless(this, { name: 'cache-headless', labels: own, pods });
    this.servers = [
      server(this, {
        ...props,
        identity,
        role: 'primary',
        replicas: 1,
        serviceName: 'cache-headless',
        sources,
      }),
    ];
  }
}
