// A Redis that somebody else runs.

import { hostAndPort } from '../../endpoint';
import type { ExternalTopology } from '../topology';

export const externalTopology: ExternalTopology = {
  endpoint: ({ redis: { host, port, cidrs, tls } }) => ({
    host,
    port,
    behind: { cidrs },
    scalerAddress: hostAndPort({ host, port }),
    ...(tls && { tls: tls === true ? { mode: 'public' } : { secret: tls.secret, mode: 'server' } }),
  }),
  ownScripts: [],
  clientOptions: () => ({}),
  resultsReadPasswordOnce: false,
};
