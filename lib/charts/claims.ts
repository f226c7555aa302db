// All claims of a tenant, for its quota.

import { cachePlan, claimsOfRedis, dedicatedPlan } from '../plan/redis/broker';
import type { ResolvedTenant } from '../spec';
import type { Memory } from '../spec/units';

export function claimSizes(tenant: ResolvedTenant): Memory[] {
  const { app, beat, cache } = tenant;
  const broker = dedicatedPlan(tenant);
  return [
    ...Object.values(app.volumes).flatMap((volume) => ('claim' in volume ? [] : [volume.size])),
    ...(beat?.scheduler === 'file' ? [beat.storage] : []),
    ...(broker ? claimsOfRedis(broker) : []),
    ...(cache ? claimsOfRedis(cachePlan(cache.redis)) : []),
  ];
}

/** Claims that somebody else made: the quota counts them as well. */
export const existingClaims = ({ app }: ResolvedTenant): number =>
  Object.values(app.volumes).filter((volume) => 'claim' in volume).length;
