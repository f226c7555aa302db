// How a backup shows more than it must, or calls a broken one good.

import { addToRole, envOf } from '../breach';
import type { Breaches } from '../breach';
import type { Json, Synth } from '../../support/synth';

const podOf = ({ byKind }: Synth, job = 'redis-backup'): Json =>
  byKind('CronJob', job).spec.jobTemplate.spec.template.spec;

const POD = 'CronJob/redis-backup.spec.jobTemplate.spec.template.spec';

export const backupBreaches: Breaches = {
  'the user that dumps a broker writes nothing, and is none of anybody else': [
    {
      when: 'it may write',
      leaf: 'lab/brokers/kept',
      spoil: (objects) => addToRole(objects, 'backup', ' ~* +set'),
      says: [
        'ConfigMap/redis-rules.data.roles: "backup -" must be "resetkeys resetchannels -@all +sync +replconf +ping +info", got "resetkeys resetchannels -@all +sync +replconf +ping +info ~* +set"',
      ],
    },
    {
      when: 'a tenant may dump all others',
      leaf: 'lab/brokers/kept',
      spoil: (objects) => addToRole(objects, 'prefix', ' +sync'),
      says: [
        'ConfigMap/redis-rules.data.roles: "prefix -" must leave +sync to the role backup of redis-rules: it sends the data of all tenants',
        'ConfigMap/redis-rules.data.roles: "prefix -" must be "resetkeys resetchannels -@all +sync +replconf +ping +info", got "resetkeys ~<own>* resetchannels &<own>* &<own>/0.celery.pidbox &<own>/0.celerye…"',
      ],
    },
  ],
  'the keys of a store are mounted where restic runs alone, and the password of the dump where Redis is dumped':
    [
      {
        when: 'the container that dumps sees the keys of the store',
        leaf: 'lab/brokers/kept',
        spoil: (objects) =>
          podOf(objects).initContainers[0].volumeMounts.push({
            name: 'store',
            mountPath: '/etc/stalk/store',
            readOnly: true,
          }),
        says: [
          `${POD}.initContainers[0].volumeMounts must not hold "store", what opens the store: store, fetch and restore alone needs it`,
        ],
      },
      {
        when: 'the container with restic sees the password of the dump',
        leaf: 'lab/tenants/kept-own',
        spoil: (objects) =>
          podOf(objects).containers[0].volumeMounts.push({ name: 'password', mountPath: '/etc/stalk/redis' }),
        says: [
          `${POD}.containers[0].volumeMounts must not hold "password", the password of the dump: dump alone needs it`,
          `${POD}.containers[0].volumeMounts must hold "password" read-only`,
        ],
      },
      {
        when: 'all passwords of the broker are mounted',
        leaf: 'lab/brokers/kept',
        spoil: (objects) => {
          const { volumes } = podOf(objects);
          delete volumes.find(({ name }: Json) => name === 'password').secret.items;
        },
        says: [
          `${POD}.initContainers[0].volumeMounts must not hold "password", passwords of other users: nobody here needs it`,
        ],
      },
    ],
  'no password of a backup is in a variable or an argument': [
    {
      when: 'restic gets its password in a variable',
      leaf: 'lab/brokers/kept',
      spoil: (objects) => podOf(objects).containers[0].env.push({ name: 'RESTIC_PASSWORD', value: 'x' }),
      says: [`${POD}.containers[0].env: RESTIC_PASSWORD must be read from a file by the script`],
    },
    {
      when: 'the URL of the store has a login',
      leaf: 'lab/brokers/kept',
      spoil: (objects) =>
        (envOf(podOf(objects).containers[0], 'RESTIC_REPOSITORY').value = 's3:https://a:b@minio/backups'),
      says: [`${POD}.containers[0].env: RESTIC_REPOSITORY must be read from a file by the script`],
    },
    {
      when: 'Redis is dumped into restic, with the password as an argument',
      leaf: 'lab/brokers/kept',
      spoil: (objects) =>
        (podOf(objects).initContainers[0].command = ['redis-cli', '-a', 'x', '--rdb', '/scratch/dump.rdb']),
      says: [
        `${POD}.initContainers[0].command must be a script of Stalk and one word, got "redis-cli -a … --rdb /scratch/dump.rdb"`,
      ],
    },
  ],
  'a dump is whole before it is stored, one backup runs at a time, and what became of it can be read afterwards':
    [
      {
        when: 'both run side by side',
        leaf: 'lab/brokers/kept',
        spoil: (objects) => {
          const pod = podOf(objects);
          pod.containers.unshift(...pod.initContainers);
          delete pod.initContainers;
        },
        says: [
          'CronJob/redis-backup must run dump and store, the first before the other, got dump and store',
        ],
      },
      {
        when: 'a second one starts beside one that hangs',
        leaf: 'lab/brokers/kept',
        spoil: ({ byKind }) => (byKind('CronJob', 'redis-backup').spec.concurrencyPolicy = 'Allow'),
        says: ['CronJob/redis-backup.spec.concurrencyPolicy must be "Forbid", got "Allow"'],
      },
      {
        when: 'a pod that failed starts again',
        leaf: 'lab/tenants/kept-own',
        spoil: (objects) => (podOf(objects, 'redis-drill').restartPolicy = 'OnFailure'),
        says: [
          'CronJob/redis-drill.spec.jobTemplate.spec.template.spec.restartPolicy must be "Never", or the pod that failed is gone, got "OnFailure"',
        ],
      },
    ],
  'nobody reaches the pods of backups, and they reach their Redis and their store alone': [
    {
      when: 'the store is every address',
      leaf: 'lab/brokers/keptguarded',
      spoil: ({ byKind }) => byKind('NetworkPolicy', 'redis-backup').spec.egress.push({}),
      // of the backup, and of the drill
      says: ['', ''].flatMap(() => [
        'NetworkPolicy/redis-backup.spec.egress must lead to Redis and to the store, got 3 rules',
        'NetworkPolicy/redis-backup.spec.egress[2] must be one destination at one port, got 0 at 0',
      ]),
    },
    {
      when: 'somebody may come in',
      leaf: 'lab/brokers/keptguarded',
      spoil: ({ byKind }) => (byKind('NetworkPolicy', 'redis-backup').spec.ingress = [{}]),
      says: ['redis-backup', 'redis-drill'].map(
        (name) =>
          `NetworkPolicy/redis-backup.spec.ingress must be empty, as it lets somebody into the pods of CronJob/${name}`,
      ),
    },
  ],
};
