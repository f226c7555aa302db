// The scripts that run inside Redis pods, as they lie in `runtime/`.

import { join } from 'node:path';
import { TOPOLOGIES, topologyOf } from '../plan/redis/topologies';
import type { ResolvedServer } from '../spec';
import { programs } from '../traits/runtime';
import type { Programs } from '../traits/runtime';

/** Scripts of backups and restores, and what they read. */
const OF_BACKUPS = ['copy.sh', 'count.lua', 'count.sh', 'drill.sh', 'restore.sh'];

/** Without those of other topologies, and of backups: they would roll pods that never run them. */
export function scripts(redis: ResolvedServer): Programs {
  const all = programs(join(__dirname, 'runtime'), redis.runtime);
  const own = new Set(topologyOf(redis).ownScripts);
  const others = Object.values(TOPOLOGIES).flatMap(({ ownScripts }) => ownScripts);
  const left = new Set([...OF_BACKUPS, ...others.filter((name) => !own.has(name))]);
  return Object.fromEntries(Object.entries(all).filter(([name]) => !left.has(name)));
}
