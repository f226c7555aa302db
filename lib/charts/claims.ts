// All claims of a tenant, for its quota.

import type { ResolvedServer, ResolvedTenant } from '../spec';
import type { Memory } from '../spec/units';

export function claimSizes({ app, beat, broker, cache }: ResolvedTenant): Memory[] {
  return [
    ...Object.values(app.volumes).flatMap((volume) => ('claim' in volume ? [] : [volume.size])),
    ...(beat?.scheduler === 'file' ? [beat.storage] : []),
    ...(broker.kind === 'dedicated' && broker.redis.topology !== 'external'
      ? serverClaims(broker.redis)
      : []),
    ...(cache ? serverClaims(cache.redis) : []),
  ];
}

/** Claims that somebody else made: the quota counts them as well. */
export const existingClaims = ({ app }: ResolvedTenant): number =>
  Object.values(app.volumes).filter((volume) => 'claim' in volume).length;

/** One for the primary and one for each replica. */
export const serverClaims = ({ storage, replicas }: ResolvedServer): Memory[] =>
  storage === undefined ? [] : Array.from({ length: 1 + replicas }, () => storage);
