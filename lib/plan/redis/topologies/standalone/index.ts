// One Redis pod.

import { fixedPrimary, fullName } from '../common';
import type { ServerTopology } from '../topology';

const NAME = 'redis';

export const standalone: ServerTopology = {
  /** A Service's short name within its namespace: one DNS query instead of five. */
  endpoint: (site, near) =>
    fixedPrimary(site, near, { name: NAME, host: near ? NAME : fullName(NAME, site) }),
  clientOptions: {},
  resultsReadPasswordOnce: false,
};
