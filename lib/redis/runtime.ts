// The scripts that run inside Redis pods, as they lie in `runtime/`.

import { join } from 'node:path';
import type { ResolvedServer } from '../spec';
import { programs } from '../traits/runtime';
import type { Programs } from '../traits/runtime';

/** Where nobody is elected, the scripts that ask sentinels would roll pods that never run them. */
const OF_SENTINELS: ReadonlySet<string> = new Set(['ask.sh', 'sentinel.sh', 'start.sh']);

export function scripts({ runtime, topology }: Pick<ResolvedServer, 'runtime' | 'topology'>): Programs {
  const all = programs(join(__dirname, 'runtime'), runtime);
  if (topology === 'sentinel') return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !OF_SENTINELS.has(name)));
}
