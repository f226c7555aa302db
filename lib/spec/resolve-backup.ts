// Backups of a broker as asked for, with times, folder and sizes worked out.

import { createHash } from 'node:crypto';
import { backup, backupOrNone, bucketStore } from './backup';
import type { Backup, BackupStore } from './backup';
import { requestLimit } from './compute';
import { resources } from './compute-range';
import { filled, merge } from './layers';
import type { ResolvedBackup, ResolvedStore } from './resolved-backup';
import type { ResolvedEnvironment } from './resolved';
import { bytes, memoryText } from './units';
import type { Memory } from './units';

/** For logs and for packs that restic is about to upload, beside the dump. */
const PACKS = bytes('256Mi');

const REQUEST: Memory = '64Mi';

/** restic takes 92 MB for a dump of 42 MB, and 161 MB for one of 421 MB. */
const RESTIC: Memory = '256Mi';

interface BackedUp {
  readonly environment: ResolvedEnvironment;
  /** `brokers/main`, `tenants/acme`. */
  readonly of: string;
  /** Limit of the Redis. */
  readonly memory: Memory;
}

export function resolveBackup(
  asked: Backup | false | undefined,
  { environment, of, memory }: BackedUp,
): ResolvedBackup | undefined {
  const laid = merge(backupOrNone, environment.defaults.redis.backup, asked) as Backup | false;
  if (laid === false) return undefined;
  const own = `${environment.name}/${of}`;
  const limit = bytes(memory) < bytes(RESTIC) ? RESTIC : memory;
  const full = filled(
    { ...backup.defaults, ...timesOf(own), memory: requestLimit(REQUEST, limit) },
    laid,
    backup,
  );
  const disk = memoryText(bytes(memory) + PACKS);
  return {
    store: resolveStore(full.to, own, environment.storageClass),
    schedule: full.schedule,
    ...(full.drill !== false && { drill: full.drill }),
    keep: full.keep,
    image: full.image,
    resources: resources({
      cpu: full.cpu,
      memory: full.memory,
      disk: { request: '64Mi', limit: disk },
    }),
    scratch: memory,
  };
}

function resolveStore(to: BackupStore, own: string, storageClass: string): ResolvedStore {
  if (to.kind === 'claim')
    return { kind: 'claim', storage: to.storage, storageClass: to.storageClass ?? storageClass };
  const { endpoint, bucket, path, egress, region } = filled({ ...bucketStore.defaults, path: own }, to);
  const { port, protocol } = new URL(endpoint);
  const usual = protocol === 'https:' ? 443 : 80;
  return {
    kind: 's3',
    endpoint,
    bucket,
    path,
    ...(region !== undefined && { region }),
    port: port === '' ? usual : Number(port),
    egress,
  };
}

/** Times that differ between brokers, and stay: a hundred of them do not start in one minute. */
function timesOf(own: string): { readonly schedule: string; readonly drill: string | false } {
  const hash = createHash('sha256').update(own).digest();
  const [minute, drillMinute, hour, day] = [60, 60, 24, 7].map(
    (size, at) => hash.readUInt16BE(2 * at) % size,
  );
  return {
    schedule: `${minute} */6 * * *`,
    drill: `${drillMinute} ${hour} * * ${day}`,
  };
}
