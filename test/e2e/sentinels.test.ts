// A Redis with sentinels takes the place of others, and loses its primary.

import { HAS_CLUSTER } from './cluster';
import { asked } from './kubectl';
import { comes } from './later';
import { guild } from './render';
import { allHolds } from './stories/commands';
import { primaryDeleted, primaryKilled, sentinelKilled } from './stories/sentinels';
import { atOnce } from './lanes';
import { struck, workerKilled } from './stories/struck';

/** No later story needs them, and two small nodes hold no more: while they go, the scheduler finds room on one node only. */
const LEAVE = ['paless', 'tenant-a', 'tenant-b', 'typesafe', 'redline', 'acme', 'elastic', 'broker-shared'];

beforeAll(async () => {
  if (!HAS_CLUSTER) return;
  await asked('delete', 'namespace', ...LEAVE, '--ignore-not-found');
  await comes(guild);
});

atOnce('a tenant with sentinels', {
  guild: {
    'verify says that all holds': () => allHolds(['guild']),
    'kill -9 of the primary': () => primaryKilled('guild'),
    'kill -9 of a sentinel': () => sentinelKilled('guild'),
    'the pod of the primary is deleted': () => primaryDeleted('guild'),
    'kill -9 of a worker': () => struck('guild', workerKilled),
  },
});
