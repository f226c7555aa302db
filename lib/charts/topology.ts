// The one switch over topologies.

import type { Construct } from 'constructs';
import { ReplicatedRedis, SentinelRedis, StandaloneRedis } from '../redis';
import type { RedisProps } from '../redis';

type BrokerRedis = StandaloneRedis | ReplicatedRedis | SentinelRedis;

export function brokerRedis(scope: Construct, props: RedisProps): BrokerRedis {
  switch (props.redis.topology) {
    case 'standalone':
      return new StandaloneRedis(scope, 'broker', { ...props, name: 'redis' });
    case 'replicated':
      return new ReplicatedRedis(scope, 'broker', props);
    case 'sentinel':
      return new SentinelRedis(scope, 'broker', props);
  }
}
