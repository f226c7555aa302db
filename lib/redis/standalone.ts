// One Redis pod with a volume: Services `redis` and `redis-headless`.

import { Construct } from 'constructs';
import { labels, selector } from '../kube';
import { identityOf, surroundings } from './base';
import type { RedisProps } from './base';
import { server } from './server';
import type { Server } from './server';
import { headless, service } from './services';

export class StandaloneRedis extends Construct {
  readonly servers: readonly Server[];

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    const identity = identityOf(props, 'redis', 'redis');
    const own = labels(identity);
    const pods = selector(identity);

    const sources = surroundings(this, 'redis', props);
    service(this, { name: 'redis', labels: own, pods });
    headless(this, { name: 'redis-headless', labels: own, pods });
    this.servers = [
      server(this, {
        ...props,
        identity,
        role: 'primary',
        replicas: 1,
        serviceName: 'redis-headless',
        sources,
      }),
    ];
  }
}
