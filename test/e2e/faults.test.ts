// A password is rotated, load comes and goes, memory runs out, pods and processes end: nothing that was accepted is lost.

import { beatKilled } from './stories/beats';
import { outlives } from './stories/commands';
import { helperKilled } from './stories/helper';
import { containerGrows, redisFills } from './stories/memory';
import { rotates } from './stories/rotation';
import { follows } from './stories/scaling';
import { atOnce } from './lanes';
import { elastic } from './render';
import { volumeGrows } from './stories/volumes';
import {
  redisDeleted,
  redisKilled,
  struck,
  workerDeleted,
  workerKilled,
  workersRoll,
} from './stories/struck';

atOnce('a cluster with faults', {
  acme: {
    'a password is rotated': rotates,
    'a container takes too much memory': () => containerGrows('acme'),
  },
  paless: { 'workers roll': () => struck('paless', workersRoll) },
  elastic: {
    'the autoscaler goes up and down': follows,
    'the volume of Redis grows': () => volumeGrows(elastic, '3Gi'),
  },
  'beat of tenant-b': { 'kill -9 of beat': () => beatKilled('tenant-b') },
  'tenant-a': { 'kill -9 of a worker': () => struck('tenant-a', workerKilled) },
  'tenant-b': { 'a worker pod is deleted': () => struck('tenant-b', workerDeleted) },
  typesafe: {
    'a worker pod is deleted': () => struck('typesafe', workerDeleted),
    'kill -9 of a worker': () => struck('typesafe', workerKilled),
    'Redis is full': () => redisFills('typesafe'),
  },
  redline: {
    'kill -9 of Redis': () => struck('redline', redisKilled),
    'the pod of Redis is deleted': () => struck('redline', redisDeleted),
    'kill -9 of the helper beside Redis, until it waits for its start': () => helperKilled('redline'),
  },
  'jewelry-shop': {
    'kill -9 of the replicated Redis': () => struck('jewelry-shop', redisKilled),
    'verify --disruptive says that nothing is lost': () => outlives('jewelry-shop'),
  },
});
