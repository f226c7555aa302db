// The scripts that run inside Redis pods and beside them, as they lie in `runtime/`.

import { join } from 'node:path';
import { TOPOLOGIES, topologyOf } from '../plan/redis/topologies';
import type { ResolvedServer } from '../spec';
import { programs } from '../traits/runtime';
import type { Programs } from '../traits/runtime';

const FOLDER = join(__dirname, 'runtime');

/** What makes backups, brings them back and counts them; no Redis runs any of it. */
const OF_BACKUPS = new Set([
  'copy.sh',
  'count.lua',
  'count.sh',
  'drill.sh',
  'dump.sh',
  'restore.sh',
  'store-env.sh',
  'store.sh',
]);

/** Without those of other topologies and of backups: they would roll pods that never run them. */
export function scripts(redis: ResolvedServer): Programs {
  const own = new Set(topologyOf(redis).ownScripts);
  const others = Object.values(TOPOLOGIES).flatMap(({ ownScripts }) => ownScripts);
  const left = new Set(others.filter((name) => !own.has(name)));
  return only(redis, (name) => !left.has(name) && !OF_BACKUPS.has(name));
}

export const backupScripts = (redis: ResolvedServer): Programs => only(redis, (name) => OF_BACKUPS.has(name));

const only = ({ runtime }: ResolvedServer, wanted: (name: string) => boolean): Programs =>
  Object.fromEntries(Object.entries(programs(FOLDER, runtime)).filter(([name]) => wanted(name)));
