// Backups of a Redis as they are planned: whom they dump, where they go, and what their programs are told.

import type { Memory, ResolvedBackup, ResolvedServer, ResolvedStore } from '../../spec';
import type { RedisPlan } from './server';
import { fullName } from './topologies/common';
import type { Site } from './topologies/topology';

/** Where programs of backups find what they read. */
export const BACKUP_FOLDERS = {
  scripts: '/opt/stalk',
  /** The password of the Redis user alone. */
  password: '/etc/stalk/redis',
  /** What opens the store. */
  store: '/etc/stalk/store',
  /** One dump, between the containers of a pod. */
  scratch: '/scratch',
  claim: '/backups',
} as const;

/** Names of what lies beside the broker. */
export const BACKUP_NAMES = {
  backup: 'redis-backup',
  drill: 'redis-drill',
  claim: 'redis-backups',
  secret: 'redis-backup',
  scripts: 'redis-backup-scripts',
  /** A ConfigMap that `stalk restore` makes; it is never rendered. */
  restore: 'redis-restore',
} as const;

/** What the clock starts. */
export type BackupCron = (typeof BACKUP_NAMES)['backup' | 'drill'];

/** Keys of the Secret: the first for restic alone, the others for a bucket. */
export const storeKeys = ({ store }: Pick<ResolvedBackup, 'store'>): readonly string[] => [
  'encryption-key',
  ...(store.kind === 's3' ? ['access-key-id', 'secret-access-key'] : []),
];

/** What `store-env.sh` reads, beside the Secret. */
export const storeVariables = ({
  store,
}: Pick<ResolvedBackup, 'store'>): Readonly<Record<string, string>> => ({
  RESTIC_REPOSITORY: repositoryOf(store),
  ...(store.kind === 's3' && store.region !== undefined && { AWS_DEFAULT_REGION: store.region }),
});

const repositoryOf = (store: ResolvedStore): string =>
  store.kind === 's3' ? `s3:${store.endpoint}/${store.bucket}/${store.path}` : BACKUP_FOLDERS.claim;

/** Arguments of `restic forget`. */
export const keepArguments = ({ keep }: Pick<ResolvedBackup, 'keep'>): string =>
  (['last', 'daily', 'weekly', 'monthly'] as const)
    .filter((name) => keep[name] > 0)
    .map((name) => `--keep-${name} ${keep[name]}`)
    .join(' ');

/** Each pod by itself: which of them has most is asked when it is time. */
export const dumpedNodes = (
  { servers }: RedisPlan,
  site: Pick<Site<ResolvedServer>, 'namespace' | 'clusterDomain'>,
): string =>
  servers
    .filter(({ kind }) => kind === 'redis')
    .flatMap(({ name, replicas, serviceName, port }) =>
      Array.from(
        { length: replicas },
        (_, number) => `${fullName(`${name}-${number}.${serviceName}`, site)}:${port}`,
      ),
    )
    .join(' ');

/** Sizes of the claims of backups. */
export const claimsOfBackup = ({ backup }: Pick<ResolvedServer, 'backup'>): Memory[] =>
  backup?.store.kind === 'claim' ? [backup.store.storage] : [];
