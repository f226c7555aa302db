// What the programs of a backup and of a drill are: images, scripts, what they are told and what they see.

import type { k8s } from 'cdk8s-plus-27';
import { readOnly } from '../kube';
import type { ContainerProps } from '../kube';
import {
  BACKUP_FOLDERS as FOLDERS,
  BACKUP_NAMES as NAMES,
  keepArguments,
  dumpedNodes,
  storeVariables,
} from '../plan/redis/backup';
import type { BackupCron } from '../plan/redis/backup';
import { CLIENT_TLS_DIR } from '../plan/redis/tls';
import type { ResolvedBackup } from '../spec';
import { BACKUP } from './acl';
import type { RedisProps } from './base';

export interface BackupProps extends RedisProps {
  readonly backup: ResolvedBackup;
}

/** One program that the clock starts. */
export interface BackupRun {
  readonly name: BackupCron;
  readonly schedule: string;
  /** The clock does not start it; `stalk backup` and `stalk restore` make Jobs of its template all the same. */
  readonly suspended?: boolean;
  /** Runs first. */
  readonly first: ContainerProps;
  readonly then: ContainerProps;
}

export function dumpAndStore(props: BackupProps): BackupRun {
  const { backup, redis, plan, environment, namespace } = props;
  const nodes = dumpedNodes(plan, { namespace, clusterDomain: environment.clusterDomain });
  return {
    name: NAMES.backup,
    schedule: backup.schedule,
    first: {
      ...program('dump', redis.image, ['dump.sh']),
      resources: backup.resources,
      env: variables({
        REDIS_NODES: nodes,
        REDIS_USER: BACKUP.name,
        REDIS_PASSWORD_FILE: `${FOLDERS.password}/${BACKUP.name}`,
        ...certificateVariables(redis),
        SCRATCH: FOLDERS.scratch,
      }),
      mounts: [...shared(), readOnly('password', FOLDERS.password), ...certificates(redis)],
    },
    then: {
      ...program('store', backup.image, ['store.sh']),
      resources: backup.resources,
      env: variables({ ...storeVariables(backup), KEEP: keepArguments(backup), ...storePlaces() }),
      mounts: [...shared(), ...storeMounts(backup)],
    },
  };
}

/** Folders of a Redis' pod, of which `fetch` has none. */
const NO_REDIS = { REDIS_DATA: FOLDERS.scratch, RESTORE: FOLDERS.scratch };

/** Kubernetes wants a line of one that it never starts as well. */
const clockOf = ({ drill, schedule }: ResolvedBackup): Pick<BackupRun, 'schedule' | 'suspended'> =>
  drill === undefined ? { schedule, suspended: true } : { schedule: drill };

/** It loads what Redis held, so it takes what Redis takes. */
export function tryOne({ backup, redis }: BackupProps): BackupRun {
  const { cpu, memory } = redis.resources;
  return {
    name: NAMES.drill,
    ...clockOf(backup),
    first: {
      ...program('fetch', backup.image, ['restore.sh', 'fetch']),
      resources: backup.resources,
      env: variables({ ...storeVariables(backup), ...storePlaces(), ...NO_REDIS }),
      mounts: [...shared(), ...storeMounts(backup)],
    },
    then: {
      ...program('drill', redis.image, ['drill.sh']),
      resources: { cpu, memory, disk: backup.resources.disk },
      env: variables({ ...certificateVariables(redis), SCRATCH: FOLDERS.scratch }),
      mounts: [...shared(), ...certificates(redis)],
    },
  };
}

const program = (name: string, image: string, [script = '', ...more]: readonly string[]) => ({
  name,
  image,
  command: ['sh', `${FOLDERS.scripts}/${script}`, ...more],
});

const variables = (all: Readonly<Record<string, string>>): k8s.EnvVar[] =>
  Object.entries(all).map(([name, value]) => ({ name, value }));

/** Those of a client: of who dumps, and of the drill, from which `stalk restore` copies one tenant into the living Redis. */
const certificates = ({ tls }: RedisProps['redis']): k8s.VolumeMount[] =>
  tls ? [readOnly('tls', CLIENT_TLS_DIR)] : [];

const certificateVariables = ({ tls }: RedisProps['redis']): Readonly<Record<string, string>> =>
  tls ? { REDIS_TLS: CLIENT_TLS_DIR } : {};

const storePlaces = () => ({ STORE: FOLDERS.store, SCRATCH: FOLDERS.scratch });

const shared = (): k8s.VolumeMount[] => [
  readOnly('scripts', FOLDERS.scripts),
  { name: 'scratch', mountPath: FOLDERS.scratch },
];

/** What a container with restic mounts. */
export const storeMounts = ({ store }: ResolvedBackup): k8s.VolumeMount[] => [
  readOnly('store', FOLDERS.store),
  ...(store.kind === 'claim' ? [{ name: 'backups', mountPath: FOLDERS.claim }] : []),
];
