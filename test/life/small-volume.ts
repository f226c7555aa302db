// The list that `stalk` reads in the stories of a full volume: one tenant, whose Redis is on a volume of its own class.

import { tenantOn } from './synced';
import type { Broker } from './synced';

export const CLASS = 'stalk-small';

export const broker = {
  topology: 'standalone',
  cpu: '50m',
  memory: '128Mi',
  storage: '1Gi',
  storageClass: CLASS,
} as const satisfies Broker;

export { environments } from '../e2e/render';

export const tenants = [tenantOn(broker)];
