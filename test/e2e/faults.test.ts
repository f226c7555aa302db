// A password is rotated, memory runs out, pods and processes go: nothing that was accepted is lost.

import { containerGrows, redisFills } from './memory';
import { rotates } from './rotation';
import { atOnce } from './stories';
import { redisDeleted, redisKilled, struck, workerDeleted, workerKilled, workersRoll } from './struck';

atOnce('a cluster with faults', {
  acme: {
    'a password is rotated': rotates,
    'a container takes too much memory': () => containerGrows('acme'),
  },
  paless: { 'workers roll': () => struck('paless', workersRoll) },
  'tenant-a': { 'kill -9 of a worker': () => struck('tenant-a', workerKilled) },
  'tenant-b': { 'a worker pod is deleted': () => struck('tenant-b', workerDeleted) },
  typesafe: {
    'kill -9 of a worker': () => struck('typesafe', workerKilled),
    'Redis is full': () => redisFills('typesafe'),
  },
  redline: {
    'kill -9 of Redis': () => struck('redline', redisKilled),
    'the pod of Redis is deleted': () => struck('redline', redisDeleted),
  },
  'jewelry-shop': {
    'kill -9 of the replicated Redis': () => struck('jewelry-shop', redisKilled),
  },
});
