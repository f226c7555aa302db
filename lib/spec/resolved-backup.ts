// Backups of a broker with every default filled in.

import type { BackupKeep } from './backup';
import type { Resources } from './compute';
import type { CidrPeer, PodPeer } from './values';
import type { Memory } from './units';

/** Where backups lie, as restic finds them. */
export type ResolvedStore =
  | {
      readonly kind: 's3';
      /** Without a slash at its end. */
      readonly endpoint: string;
      readonly bucket: string;
      /** In the bucket: `production/brokers/main`. */
      readonly path: string;
      readonly region?: string;
      /** TCP port of the endpoint. */
      readonly port: number;
      readonly egress: 'internet' | CidrPeer | PodPeer;
    }
  | { readonly kind: 'claim'; readonly storage: Memory; readonly storageClass: string };

export interface ResolvedBackup {
  readonly store: ResolvedStore;
  /** Cron line, in UTC. */
  readonly schedule: string;
  /** Cron line, in UTC; absent: never. */
  readonly drill?: string;
  readonly keep: Required<BackupKeep>;
  /** Of restic. */
  readonly image: string;
  /** Of each container, the one that dumps and the one that uploads; its disk has room for a dump. */
  readonly resources: Resources;
  /** Size of the scratch volume that holds one dump: the memory limit of Redis, which no dump of it exceeds. */
  readonly scratch: Memory;
}
