// The one switch over topologies.

import type { Construct } from 'constructs';
import { ReplicatedRedis, StandaloneRedis } from '../redis';
import type { RedisProps } from '../redis';

export function brokerRedis(scope: Construct, props: RedisProps): StandaloneRedis | ReplicatedRedis {
  switch (props.redis.topology) {
    case 'standalone':
      return new StandaloneRedis(scope, 'broker', { ...props, name: 'redis' });
    case 'replicated':
      return new ReplicatedRedis(scope, 'broker', props);
    case 'sentinel':
      throw new Error('sentinel is refused by a rule before anything is rendered');
  }
}
