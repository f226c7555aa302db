// The scripts that run inside Redis pods, as they lie in `runtime/`.

import { join } from 'node:path';
import { TOPOLOGIES, topologyOf } from '../plan/redis/topologies';
import type { ResolvedServer } from '../spec';
import { programs } from '../traits/runtime';
import type { Programs } from '../traits/runtime';

/** Without those of other topologies: they would roll pods that never run them. */
export function scripts(redis: ResolvedServer): Programs {
  const all = programs(join(__dirname, 'runtime'), redis.runtime);
  const own = new Set(topologyOf(redis).ownScripts);
  const others = Object.values(TOPOLOGIES).flatMap(({ ownScripts }) => ownScripts);
  const left = new Set(others.filter((name) => !own.has(name)));
  return Object.fromEntries(Object.entries(all).filter(([name]) => !left.has(name)));
}
