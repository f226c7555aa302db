// A broker on a cluster that changes under load: it gets sentinels, gives them back, and gets certificates; tasks are counted.

import { join } from 'node:path';
import { HAS_CLUSTER, START, applied, redis, until } from '../e2e/cluster';
import { asked } from '../e2e/kubectl';
import { allReady } from '../e2e/pods';
import { authority } from '../live/tls/certificates';
import { changes } from './changes';
import { NAME, synced, treeOf } from './synced';
import type { Tree } from './synced';
import { commandsOf, consequencesOf, run } from './told';

if (!HAS_CLUSTER) console.warn('the life of a broker is NOT proven here: KUBECONFIG names no cluster');

const small = { cpu: '50m', memory: '128Mi', storage: '1Gi' } as const;
const standalone = treeOf({ topology: 'standalone', ...small });
const guarded = treeOf({ topology: 'sentinel', replicas: 2, ...small });
const sealed = treeOf({ topology: 'standalone', ...small, tls: { secret: 'certs' } });

/** What `stalk diff` tells to run, up to the apply and after it. */
function steps(before: Tree, after: Tree): readonly [before: readonly string[], after: readonly string[]] {
  const all = consequencesOf(before, after)
    .filter(({ type }) => type === 'topology' || type === 'data-loss')
    .flatMap((one) => one.steps);
  const apply = all.findIndex((step) => step.startsWith('apply'));
  return [commandsOf(all.slice(0, apply)), commandsOf(all.slice(apply))];
}

(HAS_CLUSTER ? describe : describe.skip)('a broker that changes under load', () => {
  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await synced(standalone.platform);
    await synced(standalone.tenant);
    await allReady(['postgres', NAME], START);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', NAME, 'postgres', '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('gets sentinels with its data', async () => {
    const [first] = steps(standalone, guarded);
    first.forEach(run);

    const count = await changes(standalone, guarded);

    expect(count).toMatchObject({ lost: [] });
    expect(await asked('get', 'sts', 'redis', '-n', NAME, '-o', 'jsonpath={.status.readyReplicas}')).toBe(
      '3',
    );
  });

  it('gives its sentinels back with its data', async () => {
    const [first, last] = steps(guarded, standalone);
    const failover = first.findIndex((step) => step.includes('sentinel failover'));
    first.slice(0, failover).forEach(run);
    if (!(await redis(NAME, 'info replication')).includes('role:master')) {
      await new Promise((done) => setTimeout(done, 15_000));
      run(String(first[failover]));
    }
    await until('redis-0 is the primary, and all others follow it', async () =>
      /role:master\s+connected_slaves:2/.test(await redis(NAME, 'info replication')),
    );

    const count = await changes(guarded, standalone);
    last.forEach(run);

    expect(count).toMatchObject({ lost: [] });
    expect(await asked('get', 'pods', '-n', NAME, '-o', 'name')).not.toContain('redis-1');
  });

  it('gets certificates with its data', async () => {
    const signer = authority('life');
    const files = signer.sign('redis');
    signer.remove();
    await applied({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'certs', namespace: NAME },
      stringData: files,
    });

    const count = await changes(standalone, sealed);

    expect(count).toMatchObject({ lost: [] });
  });
});
