// What an app's processes, settings and variables are made of: the tenant, and where its Redis is.

import type { ResolvedTenant } from '../../spec';
import type { Endpoint } from '../redis/endpoint';

export interface AppContext {
  readonly tenant: ResolvedTenant;
  readonly broker: Endpoint;
  readonly cache?: Endpoint;
  /** While the tenant moves to another broker: which side this is, and the other one as programs of this side reach it. */
  readonly moving?: MovingContext;
}

export interface MovingContext {
  readonly side: MovingSide;
  readonly other: Pick<AppContext, 'tenant' | 'broker'>;
}

/** `new`: the broker that the tenant moves to; `old`: the one that it leaves. */
export type MovingSide = 'new' | 'old';

/** Which of the tenant's Redis users a process is. */
export type ClientRole = 'worker' | 'web';
