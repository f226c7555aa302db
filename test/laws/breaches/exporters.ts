// How redis_exporter gets more rights, or sees more, than it needs.

import { envOf } from '../breach';
import type { Breaches } from '../breach';
import type { Json, Synth } from '../../support/synth';

const podOf = ({ byKind }: Synth, set = 'redis'): Json => byKind('StatefulSet', set).spec.template.spec;

const exporterIn = (objects: Synth): Json =>
  podOf(objects).containers.find(({ name }: Json) => name === 'exporter');

const OF_REDIS =
  'resetkeys resetchannels -@all +info +client|setname +latency|latest +slowlog|len +slowlog|get';

export const exporterBreaches: Breaches = {
  'the user of redis_exporter may ask how a Redis is, and nothing else': [
    {
      when: 'it may read the configuration, and with it the password of replicas',
      leaf: 'lab/brokers/main',
      spoil: (objects) => (envOf(podOf(objects).initContainers[0], 'EXPORTER_RULES').value += ' +config|get'),
      says: [
        `StatefulSet/redis.spec.template.spec.initContainers[0].env: EXPORTER_RULES must be what redis_exporter asks, in the order of Stalk, got +config|get more and nothing less`,
      ],
    },
    {
      when: 'a sentinel gets the rules of a Redis, which it refuses',
      leaf: 'lab/brokers/guarded',
      spoil: (objects) =>
        (envOf(podOf(objects, 'sentinel').initContainers[0], 'EXPORTER_RULES').value = OF_REDIS),
      says: [
        `StatefulSet/sentinel.spec.template.spec.initContainers[0].env: EXPORTER_RULES must be what redis_exporter asks, in the order of Stalk, got +latency|latest, +slowlog|len and +slowlog|get more and +sentinel|masters, +sentinel|ckquorum, +sentinel|sentinels and +sentinel|slaves less`,
      ],
    },
    {
      when: 'nobody makes it',
      leaf: 'lab/brokers/main',
      spoil: (objects) => delete podOf(objects).initContainers[0].env,
      says: [
        'StatefulSet/redis.spec.template.spec.initContainers must hold one that gets EXPORTER_RULES, got 0',
      ],
    },
  ],
  'redis_exporter asks the Redis of its pod, with the password that was made for it': [
    {
      when: 'it asks another one',
      leaf: 'lab/brokers/main',
      spoil: (objects) => (envOf(exporterIn(objects), 'REDIS_ADDR').value = 'redis://cache:6379'),
      says: [
        'StatefulSet/redis.spec.template.spec.containers[2].env: REDIS_ADDR must be a port of 127.0.0.1 or a socket in /run/exporter, got "redis://cache:6379"',
        'StatefulSet/redis.spec.template.spec.containers[2].env: REDIS_ADDR must be that of .spec.template.spec.initContainers[0], "redis://127.0.0.1:6379", got "redis://cache:6379"',
      ],
    },
    {
      when: 'it looks for its password elsewhere',
      leaf: 'lab/brokers/sealed',
      spoil: (objects) => (envOf(exporterIn(objects), 'REDIS_PASSWORD_FILE').value = '/run/exporter/other'),
      says: [
        'StatefulSet/redis.spec.template.spec.containers[2].env: REDIS_PASSWORD_FILE must be that of .spec.template.spec.initContainers[0], "/run/exporter/passwords", got "/run/exporter/other"',
      ],
    },
  ],
  'redis_exporter sees of a Redis’ pod its own folder alone, which is in memory, and asks for no configuration':
    [
      {
        when: 'it sees the passwords of every user',
        leaf: 'lab/brokers/main',
        spoil: (objects) =>
          exporterIn(objects).volumeMounts.push({
            name: 'passwords',
            mountPath: '/passwords',
            readOnly: true,
          }),
        says: [
          'StatefulSet/redis.spec.template.spec.containers[2].volumeMounts must be tmp and exporter, the latter read-only, got "passwords" besides',
        ],
      },
      {
        when: 'it may write where Redis has its socket',
        leaf: 'lab/brokers/sealed',
        spoil: (objects) =>
          delete exporterIn(objects).volumeMounts.find(({ name }: Json) => name === 'exporter').readOnly,
        says: [
          'StatefulSet/redis.spec.template.spec.containers[2].volumeMounts must be tmp and exporter, the latter read-only, got "exporter" besides',
        ],
      },
      {
        when: 'its password is on the disk of the node',
        leaf: 'lab/brokers/main',
        spoil: (objects) =>
          delete podOf(objects).volumes.find(({ name }: Json) => name === 'exporter').emptyDir.medium,
        says: [
          'StatefulSet/redis.spec.template.spec.volumes[6].emptyDir.medium must be "Memory", got nothing',
        ],
      },
      {
        when: 'it asks for the configuration',
        leaf: 'lab/brokers/main',
        spoil: (objects) => (envOf(exporterIn(objects), 'REDIS_EXPORTER_CONFIG_COMMAND').value = 'CONFIG'),
        says: [
          'StatefulSet/redis.spec.template.spec.containers[2].env: REDIS_EXPORTER_CONFIG_COMMAND must be "-", got "CONFIG": CONFIG shows the password of replicas',
        ],
      },
    ],
};
