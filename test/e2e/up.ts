// Before all stories: everything comes up from one apply. After them: the table, and nothing stays.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { asked, lines } from './kubectl';
import { HAS_CLUSTER, NAMESPACES, START } from './cluster';
import { allReady, restarted, podsOf, secondsToReady } from './pods';
import { render } from './render';
import { STORIES, tell } from './lanes';

/** What the suites make, and take away again. */
export const ROOTS = [
  ...[...NAMESPACES, 'postgres', 'stalk-e2e-tools', 'newcomer', 'guild', 'elastic'].map(
    (name) => `namespace/${name}`,
  ),
  'priorityclass/stalk-broker',
];

export async function up(): Promise<void> {
  if (!HAS_CLUSTER) {
    console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed and has the images');
    return;
  }
  rmSync(STORIES, { force: true });
  const there = lines(await asked('get', ...ROOTS, '--ignore-not-found', '-o', 'name'));
  // It would be changed now and deleted at the end, with the data in it
  if (there.length > 0) throw new Error(`the cluster must not have ${there.join(', ')}`);
  for (const file of ['postgres.yaml', 'tools.yaml']) await asked('apply', '-f', join(__dirname, file));
  await asked('apply', '--server-side', '-k', render());
  await allReady(['postgres', ...NAMESPACES], START);
  for (const namespace of NAMESPACES) {
    const pods = await podsOf(namespace);
    const restarts = restarted(pods);
    tell({
      name: `comes up (${namespace})`,
      result: restarts.length === 0 ? 'ok' : 'FAILED',
      seconds: secondsToReady(pods),
      note: [`${pods.length} pods`, ...restarts].join(', '),
    });
  }
}
