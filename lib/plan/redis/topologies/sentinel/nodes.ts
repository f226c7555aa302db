// Names of the pods of a broker with sentinels: how its pods find each other, and its clients the primary.

import type { ResolvedServer } from '../../../../spec';
import { fullName } from '../common';
import type { Site } from '../topology';

/** What the primary is called among sentinels. */
export const PRIMARY = 'primary';

/** Redis' own, and as far from it as that of a Redis that speaks TLS. */
const PLAIN_PORT = 26379;
const TLS_PORT = 26380;

/** The only port that a sentinel listens on. */
export const sentinelPort = ({ tls }: Pick<ResolvedServer, 'tls'>): number =>
  tls === undefined ? PLAIN_PORT : TLS_PORT;

/** Each sentinel by itself: a client asks the next one when one is away, and a Service may lead it to that one again. */
export const sentinelHosts = (site: Site<ResolvedServer>): readonly string[] =>
  Array.from({ length: site.redis.sentinels }, (_, number) =>
    fullName(`sentinel-${number}.sentinel-headless`, site),
  );

export const redisHosts = (site: Site<ResolvedServer>): readonly string[] =>
  Array.from({ length: 1 + site.redis.replicas }, (_, number) =>
    fullName(`redis-${number}.redis-headless`, site),
  );
