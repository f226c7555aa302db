// Redis with sentinels: pods of which any may be the primary, and those who say which one is.

import type { ResolvedServer } from '../../../../spec';
import { redisPort } from '../../endpoint';
import type { Endpoint } from '../../endpoint';
import { clientSecret, namedTlsOptions } from '../../tls';
import { behind, fullName } from '../common';
import type { ServerTopology, Site } from '../topology';
import { PRIMARY, sentinelHosts, sentinelPort } from './nodes';
import { OWN_SCRIPTS, servers } from './servers';

/** Seconds that a sentinel may take to answer, before the next one is asked. */
const TIMEOUT = 2;

export const sentinelTopology: ServerTopology = {
  endpoint,
  servers,
  ownScripts: OWN_SCRIPTS,
  /** The loader adds user and password, those of Redis. */
  clientOptions: ({ tls }, tlsFolder) => ({
    master_name: PRIMARY,
    sentinel_kwargs: {
      socket_timeout: TIMEOUT,
      socket_connect_timeout: TIMEOUT,
      ...(tls && { ssl: true, ...namedTlsOptions('mutual', tlsFolder) }),
    },
  }),
  resultsReadPasswordOnce: true,
};

function endpoint(site: Site<ResolvedServer>, near: boolean): Endpoint {
  const { tls } = site.redis;
  const hosts = sentinelHosts(site);
  const port = sentinelPort(site.redis);
  return {
    host: fullName('sentinel', site),
    port: redisPort(site.redis),
    behind: behind('redis', site, near),
    scalerAddress: hosts.map((host) => `${host}:${port}`).join(','),
    ...(tls && { tls: { secret: clientSecret(tls), mode: 'mutual' } }),
    sentinels: {
      primary: PRIMARY,
      hosts,
      port,
      behind: behind('sentinel', site, near),
    },
  };
}
