// All claims of a tenant, for its quota.

import { claimsOfRedis } from '../plan/redis/broker';
import type { ResolvedTenant } from '../spec';
import type { Memory } from '../spec/units';
import { ownRedis } from './redis-of';

export function claimSizes(tenant: ResolvedTenant): Memory[] {
  const { app, beat } = tenant;
  return [
    ...Object.values(app.volumes).flatMap((volume) => ('claim' in volume ? [] : [volume.size])),
    ...(beat?.scheduler === 'file' ? [beat.storage] : []),
    ...ownRedis(tenant).flatMap(({ plan }) => claimsOfRedis(plan)),
  ];
}

/** Claims that somebody else made: the quota counts them as well. */
export const existingClaims = ({ app }: ResolvedTenant): number =>
  Object.values(app.volumes).filter((volume) => 'claim' in volume).length;
