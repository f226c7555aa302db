// What an app's processes, settings and variables are made of: the tenant, and where its Redis is.

import type { ResolvedTenant } from '../../spec';
import type { Endpoint } from '../redis/endpoint';

export interface AppContext {
  readonly tenant: ResolvedTenant;
  readonly broker: Endpoint;
  readonly cache?: Endpoint;
}

/** Which of the tenant's Redis users a process is. */
export type ClientRole = 'worker' | 'web';
