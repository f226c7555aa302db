// A fixed primary and read replicas.

import { fixedPrimary, fullName } from '../common';
import type { ServerTopology } from '../topology';

/** The primary's own name: a Service in front of read-only replicas answers writes with errors. */
const PRIMARY_POD = 'redis-0.redis-headless';

export const replicated: ServerTopology = {
  endpoint: (site, near) =>
    fixedPrimary(site, near, { name: PRIMARY_POD, host: fullName(PRIMARY_POD, site) }),
  clientOptions: {},
  resultsReadPasswordOnce: false,
};
