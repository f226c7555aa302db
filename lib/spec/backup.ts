// Backups of a broker: where they go, how often, how many stay, and how often one is tried.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { requestLimit } from './compute';
import type { RequestLimit } from './compute';
import { clockCron } from './rules/cron';
import { bucketName, regionName, storeEndpoint, storeFolder } from './rules/form-backup';
import { image } from './rules/form-image';
import type { Form } from './rules/kind';
import { cpu, memory, objectName, oneOf, range, whole } from './rules/kinds';
import { named, only, prop, removable } from './rules/shapes';
import type { Cpu, Memory, Range } from './units';
import { egressDestination } from './values';
import type { CidrPeer, PodPeer } from './values';

const storeKind = oneOf('s3', 'claim');

/** A bucket of S3, or of a server that speaks its protocol. */
export interface BucketStore extends Contract, PropsOf<typeof bucketStore> {}

export const bucketStore = props({
  kind: required(only('s3', storeKind)),

  /** URL of the server: `https://s3.eu-central-1.amazonaws.com`. Without TLS only where the environment is `disposable`. */
  endpoint: required(storeEndpoint),

  /** Name of the bucket. It is there already. */
  bucket: required(bucketName),

  /**
   * Folder of this broker's backups. Two brokers in one folder could not read each other's.
   * @default - '<environment>/brokers/<name>', and '<environment>/tenants/<name>' for a tenant's own broker
   */
  path: optional(storeFolder),

  /**
   * Region that requests are signed for, where the server asks for one.
   * @default - the server's own
   */
  region: optional(regionName),

  /**
   * To whom policies open for the endpoint, in the words of a tenant's `egress`; at the port of the endpoint alone.
   * @default 'internet'
   */
  egress: optional<'internet' | CidrPeer | PodPeer>(egressDestination, 'internet'),
});

/** A volume beside the broker: it is lost with the cluster, and with the namespace. Of a `standalone` broker alone. */
export interface ClaimStore extends Contract, PropsOf<typeof claimStore> {}

export const claimStore = props({
  kind: required(only('claim', storeKind)),

  /** Size of the claim `redis-backups`. */
  storage: required(memory),

  /**
   * Storage class of the claim.
   * @default - the environment's
   */
  storageClass: optional(objectName),
});

/** Where backups lie. */
export type BackupStore = BucketStore | ClaimStore;

const backupStore: Form<BackupStore> = named(
  'kind',
  { s3: bucketStore, claim: claimStore },
  prop('kind', storeKind),
);

/** How many backups stay, in restic's words. One that two of these keep is one. */
export interface BackupKeep extends Contract, PropsOf<typeof backupKeep> {}

export const backupKeep = props({
  /**
   * Newest ones.
   * @default 8
   */
  last: optional(whole(0), 8), // two days of one each six hours

  /**
   * Of as many days the newest one of the day.
   * @default 7
   */
  daily: optional(whole(0), 7),

  /**
   * Of as many weeks the newest one of the week.
   * @default 4
   */
  weekly: optional(whole(0), 4),

  /**
   * Of as many months the newest one of the month.
   * @default 0
   */
  monthly: optional(whole(0), 0), // messages of last year are of no use to a queue
});

/**
 * Backups of a broker that Stalk runs: a CronJob dumps Redis, checks the dump, and brings it to the store, encrypted. One
 * that fails takes nothing from those before it.
 * @see docs/backup.md
 */
export interface Backup extends Contract, PropsOf<typeof backup> {}

export const backup = props({
  /** Where to: `{ kind: 's3', endpoint, bucket }` or `{ kind: 'claim', storage }`. */
  to: required(backupStore),

  /**
   * When, in UTC: minute, hour, day of month, month, day of week.
   * @default - every six hours, at a minute derived from the broker's name
   */
  schedule: optional(clockCron),

  /**
   * How many stay; at least one.
   * @default { last: 8, daily: 7, weekly: 4, monthly: 0 }
   */
  keep: optional<BackupKeep, Required<BackupKeep>>(backupKeep, backupKeep.defaults),

  /**
   * When the newest backup is loaded into a Redis of its own, and what is in it counted; `false`: never by the clock.
   * @default - weekly, at a time derived from the broker's name
   */
  drill: optional<string | false>(removable(clockCron)),

  /**
   * Image of restic, which needs `sh` and `timeout`.
   * @default 'restic/restic:0.18.1'
   */
  image: optional(image, 'restic/restic:0.18.1'),

  /**
   * CPU of each container.
   * @default { request: '50m', limit: '1' }
   */
  cpu: optional<Range<Cpu>, RequestLimit<Cpu>>(range(cpu), requestLimit('50m', '1')), // one core encrypts 40 MB/s

  /**
   * Memory of each container. Checking a dump takes as much as its largest key, which may be all that Redis holds.
   * @default - a request of '64Mi', and the broker's limit, '256Mi' at least
   */
  memory: optional<Range<Memory>>(range(memory)),
});

/** `false` takes away what the environment's defaults say. */
export const backupOrNone: Form<Backup | false> = removable<Backup>(backup);
