// Names of the pods of a broker with sentinels: how its pods find each other, and its clients the primary.

import type { ResolvedServer } from '../../spec';

/** What the primary is called among sentinels. */
export const PRIMARY = 'primary';

/** Redis' own. */
export const SENTINEL_PORT = 26379;

export interface Place {
  readonly redis: Pick<ResolvedServer, 'replicas' | 'sentinels'>;
  readonly namespace: string;
  readonly clusterDomain: string;
}

/** Each sentinel by itself: a client asks the next one when one is away, and a Service may lead it to that one again. */
export const sentinelHosts = ({ redis, namespace, clusterDomain }: Place): readonly string[] =>
  Array.from(
    { length: redis.sentinels },
    (_, number) => `sentinel-${number}.sentinel-headless.${namespace}.svc.${clusterDomain}`,
  );

export const redisHosts = ({ redis, namespace, clusterDomain }: Place): readonly string[] =>
  Array.from(
    { length: 1 + redis.replicas },
    (_, number) => `redis-${number}.redis-headless.${namespace}.svc.${clusterDomain}`,
  );
