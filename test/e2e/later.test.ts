// Two tenants take the place of others: sentinels lose their primary, an autoscaler follows its load.

import { join } from 'node:path';
import { HAS_CLUSTER, START } from './cluster';
import { asked } from './kubectl';
import { allReady } from './pods';
import { elastic, guild, render } from './render';
import { follows } from './scaling';
import { primaryDeleted, primaryKilled, sentinelKilled } from './sentinels';
import { atOnce } from './stories';
import { struck, workerKilled, workersRoll } from './struck';

/** No later story needs them, and two small nodes hold no more. */
const LEAVE = ['paless', 'tenant-a', 'tenant-b', 'typesafe', 'redline', 'acme', 'broker-shared'];
const COME = [guild, elastic];

beforeAll(async () => {
  if (!HAS_CLUSTER) return;
  await asked('delete', 'namespace', ...LEAVE, '--ignore-not-found');
  const root = render(...COME);
  const names = COME.map(({ name }) => name);
  for (const name of names) await asked('apply', '--server-side', '-k', join(root, 'tenants', name));
  await allReady(names, START);
});

atOnce('tenants that came later', {
  guild: {
    'kill -9 of the primary': () => primaryKilled('guild'),
    'kill -9 of a sentinel': () => sentinelKilled('guild'),
    'the pod of the primary is deleted': () => primaryDeleted('guild'),
    'workers roll': () => struck('guild', workersRoll),
    'kill -9 of a worker': () => struck('guild', workerKilled),
  },
  elastic: { 'the autoscaler goes up and down': follows },
});
