// How sentinels elect without a majority, or without knowing everybody.

import type { Breaches } from '../breach';
import { envOf } from '../breach';

export const sentinelBreaches: Breaches = {
  'more than half of the sentinels agree before a primary is replaced': [
    {
      when: 'half of them are enough',
      leaf: 'lab/tenants/own-guarded',
      spoil: ({ byKind }) => {
        const [, findPrimary] = byKind('StatefulSet', 'sentinel').spec.template.spec.initContainers;
        envOf(findPrimary, 'QUORUM').value = '2';
      },
      says: [`StatefulSet/sentinel: QUORUM must be "3", more than half of 5, got "2"`],
    },
    {
      when: 'nobody tells them how many',
      leaf: 'lab/tenants/own-guarded',
      spoil: ({ byKind }) => byKind('StatefulSet', 'sentinel').spec.template.spec.initContainers.pop(),
      says: [`StatefulSet/sentinel: QUORUM must be "3", more than half of 5, got nothing`],
    },
  ],
  'who elects a primary knows every Redis and every sentinel': [
    {
      when: 'there is one Redis more',
      leaf: 'lab/tenants/own-guarded',
      spoil: ({ byKind }) => (byKind('StatefulSet', 'redis').spec.replicas = 3),
      says: [
        `StatefulSet/redis.spec.template.spec.containers[0]: REDIS_NODES must name the 3 pods of StatefulSet/redis, got "redis-0.redis-headless.own-guarded.svc.cluster.example.com:6379 redis-1.redis-h…"`,
        `StatefulSet/sentinel.spec.template.spec.initContainers[1]: REDIS_NODES must name the 3 pods of StatefulSet/redis, got "redis-0.redis-headless.own-guarded.svc.cluster.example.com:6379 redis-1.redis-h…"`,
      ],
    },
  ],
};
