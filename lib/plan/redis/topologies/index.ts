// Every topology by the name that the contract gives it.

import { externalTopology } from './external';
import { replicatedTopology } from './replicated';
import { sentinelTopology } from './sentinel';
import { standaloneTopology } from './standalone';
import type { ResolvedRedis, Topology } from './topology';

export const TOPOLOGIES = {
  standalone: standaloneTopology,
  replicated: replicatedTopology,
  sentinel: sentinelTopology,
  external: externalTopology,
};

/** The name and the shape of a resolved Redis belong together: the contract's types say so. */
export const topologyOf = <R extends ResolvedRedis>({ topology }: R): Topology<R> =>
  TOPOLOGIES[topology] as Topology<ResolvedRedis>;
