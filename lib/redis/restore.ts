// What a Redis that has backups carries to be restored: an init container that fills an empty volume when somebody asks.

import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { labels, readOnly } from '../kube';
import type { ContainerProps } from '../kube';
import { BACKUP_FOLDERS, BACKUP_NAMES, storeVariables } from '../plan/redis/backup';
import type { Server } from '../plan/redis/server';
import type { ResolvedBackup } from '../spec';
import { egressRule, networkPolicy, podLabelsOf } from '../traits/network';
import { serverIdentity } from './base';
import type { RedisProps } from './base';
import { storeVolumes } from './backup';
import { storeMounts } from './backup-runs';

/** The ConfigMap that `stalk restore` makes and takes away; it is never rendered. */
const { restore: RESTORE } = BACKUP_NAMES;

/** Where restore.sh looks for it. */
const FOLDER = '/restore';

const SCRIPTS = 'backup-scripts';

/** Of pods that a snapshot can go into: a read replica of a fixed primary copies from that one. */
export const restorable = (
  { kind, role, data }: Server,
  { redis, name }: Pick<RedisProps, 'redis' | 'name'>,
): ResolvedBackup | undefined =>
  kind === 'redis' && name === 'redis' && role !== 'replica' && data !== undefined ? redis.backup : undefined;

/** Before all others: a Redis that is not to be restored has lost a second by it. */
export const restoreContainer = (
  backup: ResolvedBackup,
  data: k8s.VolumeMount,
  podName: k8s.EnvVar,
): ContainerProps => ({
  name: 'restore',
  image: backup.image,
  command: ['sh', `${BACKUP_FOLDERS.scripts}/restore.sh`, 'pod'],
  resources: backup.resources,
  env: [
    podName,
    ...Object.entries({ ...storeVariables(backup), STORE: BACKUP_FOLDERS.store }).map(([name, value]) => ({
      name,
      value,
    })),
  ],
  mounts: [
    readOnly(SCRIPTS, BACKUP_FOLDERS.scripts),
    readOnly(RESTORE, FOLDER),
    ...storeMounts(backup),
    data,
  ],
});

/** A Redis starts before the key of its backups arrives, and without a restore. */
export const restoreVolumes = (backup: ResolvedBackup): readonly k8s.Volume[] => [
  { name: SCRIPTS, configMap: { name: BACKUP_NAMES.scripts } },
  { name: RESTORE, configMap: { name: RESTORE, optional: true } },
  ...storeVolumes(backup).map((volume) =>
    volume.secret ? { ...volume, secret: { ...volume.secret, optional: true } } : volume,
  ),
];

/** To a bucket; a claim needs no network. */
export function restorePolicy(scope: Construct, props: RedisProps): void {
  const store = props.redis.backup?.store;
  const [of] = props.plan.servers;
  if (store?.kind !== 's3' || of === undefined) return;
  networkPolicy(scope, {
    name: RESTORE,
    labels: labels(serverIdentity(props, of)),
    pods: podLabelsOf({ component: 'redis', instance: 'redis' }),
    egress: [egressRule({ to: store.egress, ports: [store.port] })],
  });
}
