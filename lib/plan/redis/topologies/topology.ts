// What Stalk asks every topology: a new one is a folder that answers this, and a line in index.ts.

import type { ResolvedBroker, ResolvedExternal, ResolvedServer } from '../../../spec';
import type { Json } from '../../../spec';
import type { Endpoint } from '../endpoint';
import type { RedisPlan } from '../server';

export type ResolvedRedis = ResolvedBroker['redis'];

/** A Redis and where it lies. */
export interface Site<R extends ResolvedRedis> {
  readonly redis: R;
  readonly namespace: string;
  readonly clusterDomain: string;
}

export interface Topology<R extends ResolvedRedis> {
  /** Where a client finds it, from the same namespace or from another. */
  endpoint(site: Site<R>, near: boolean): Endpoint;
  /** What runs; absent where somebody else runs it. */
  readonly servers?: (site: Site<R>) => RedisPlan;
  /** Scripts in the pods that no other topology runs. */
  readonly ownScripts: readonly string[];
  /**
   * Transport options of Celery's clients, of the broker and of results, besides those of every Redis; `tlsFolder` has the
   * certificates of the client, where they lie in another folder than usual.
   */
  clientOptions(redis: R, tlsFolder: string | undefined): Readonly<Record<string, Json>>;
  /** Whether the client of results reads its password at its start alone. */
  readonly resultsReadPasswordOnce: boolean;
}

export type ServerTopology = Required<Topology<ResolvedServer>>;
export type ExternalTopology = Topology<ResolvedExternal>;
