// Every topology by the name that the contract gives it.

import { external } from './external';
import { replicated } from './replicated';
import { sentinel } from './sentinel';
import { standalone } from './standalone';
import type { ResolvedRedis, Topology } from './topology';

export const TOPOLOGIES = { standalone, replicated, sentinel, external };

/** The name and the shape of a resolved Redis belong together: the contract's types say so. */
export const topologyOf = <R extends ResolvedRedis>({ topology }: R): Topology<R> =>
  TOPOLOGIES[topology] as Topology<ResolvedRedis>;
