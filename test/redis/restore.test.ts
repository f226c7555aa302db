// What a Redis carries to be restored from a backup, in each topology.

import type { Environment, Tenant } from '../../lib';
import { leafManifests, leafOf, lookup, platformOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const backup = { to: { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' } } as const;

const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'jobs:1', module: 'jobs' },
  broker: { shared: 'main' },
  workers: { default: { queues: ['celery'] } },
};

type SharedBroker = NonNullable<Environment['brokers']>[string];

function brokerLeaf(main: SharedBroker): Synth {
  const environment: Environment = {
    name: 'live',
    disposable: true,
    storageClass: 'standard',
    secrets: { strategy: 'literal' },
    brokers: { main },
  };
  return lookup(leafManifests(leafOf(platformOf(environment, [tenant]), 'brokers/main')));
}

const podOf = (objects: Synth, name = 'redis'): Json =>
  objects.byKind('StatefulSet', name).spec.template.spec;
const named = (all: readonly Json[], name: string): Json => all.find((one) => one.name === name);

const TOPOLOGIES: Readonly<Record<string, SharedBroker>> = {
  standalone: { topology: 'standalone', backup },
  replicated: { topology: 'replicated', replicas: 1, backup },
  sentinel: { topology: 'sentinel', replicas: 2, backup },
};

describe.each(Object.entries(TOPOLOGIES))('a broker of topology %s with backups', (topology, broker) => {
  const objects = brokerLeaf(broker);
  const pod = podOf(objects);
  const restore = named(pod.initContainers, 'restore');

  it('asks before all else whether its empty volume is to be filled', () => {
    expect(pod.initContainers[0].name).toBe('restore');
    expect(restore.command).toEqual(['sh', '/opt/stalk/restore.sh', 'pod']);
    expect(restore.image).toMatch(/^restic\/restic:/);
    expect(named(restore.env, 'POD').valueFrom.fieldRef.fieldPath).toBe('metadata.name');
    expect(named(restore.env, 'RESTIC_REPOSITORY').value).toBe(
      's3:https://s3.example.com/backups/live/brokers/main',
    );
    expect(restore.volumeMounts.map(({ mountPath }: Json) => mountPath)).toEqual(
      expect.arrayContaining(['/restore', '/data', '/opt/stalk', '/etc/stalk/store']),
    );
  });

  it('starts without a restore, and before the key of its backups is there', () => {
    expect(named(pod.volumes, 'redis-restore').configMap).toEqual({ name: 'redis-restore', optional: true });
    expect(named(pod.volumes, 'store').secret).toMatchObject({ secretName: 'redis-backup', optional: true });
    expect(objects.find('ConfigMap', 'redis-restore')).toBeUndefined();
  });

  it('shows the key of its backups to this container alone', () => {
    const others = [...pod.initContainers, ...pod.containers].filter(({ name }) => name !== 'restore');

    expect(others.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }: Json) => name))).not.toContain(
      'store',
    );
  });

  it('may reach the store', () => {
    const policy = objects.byKind('NetworkPolicy', 'redis-restore').spec;

    expect(policy.podSelector.matchLabels).toEqual({
      'app.kubernetes.io/component': 'redis',
      'app.kubernetes.io/instance': 'redis',
    });
    expect(policy.egress[0].ports).toEqual([{ port: 443, protocol: 'TCP' }]);
  });

  it('leaves read replicas of a fixed primary to copy from it', () => {
    const replica = objects.find('StatefulSet', 'redis-replica');

    expect(replica !== undefined).toBe(topology === 'replicated');
    expect(JSON.stringify(replica ?? '')).not.toContain('restore.sh');
  });
});

it('a broker with backups in a claim mounts it where it is restored from', () => {
  const objects = brokerLeaf({
    topology: 'standalone',
    backup: { to: { kind: 'claim', storage: '20Gi' } },
  });
  const pod = podOf(objects);

  expect(named(pod.volumes, 'backups').persistentVolumeClaim).toEqual({ claimName: 'redis-backups' });
  expect(named(pod.initContainers[0].volumeMounts, 'backups').mountPath).toBe('/backups');
  expect(objects.find('NetworkPolicy', 'redis-restore')).toBeUndefined();
});

it('a broker without backups carries nothing of it', () => {
  expect(JSON.stringify(brokerLeaf({ topology: 'standalone' }).all)).not.toMatch(/restore|restic/);
});
