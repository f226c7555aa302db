// An app that somebody runs by hand on a Redis of its own becomes a tenant, under load; tasks are counted.

import { join } from 'node:path';
import { HAS_CLUSTER, START, applied, until } from '../e2e/cluster';
import { asked } from '../e2e/kubectl';
import { load, producer, settled, total } from '../e2e/load';
import { allReady } from '../e2e/pods';
import type { WantedSecret } from '../../lib/plan/secrets/wanted';
import { NAME, leftOnOldSide, synced, treeOf } from './synced';

if (!HAS_CLUSTER) console.warn('a take-over is NOT proven here: KUBECONFIG names no cluster');

const BY_HAND = 'by-hand';

const STREAM = { rate: 6, count: 4000, task: { seconds: 0.5 } } as const;

/** Seconds: a task of a killed worker comes back after 60, and kombu looks every ten. */
const REDELIVERED = 120;

const EXISTING = { strategy: 'existing' } as const;

/** A user has one password at each Redis. */
const secretOf = ({ secret, users, foreign }: WantedSecret): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: secret, namespace: NAME },
  stringData: Object.fromEntries(
    users.map((user) => [
      user,
      foreign ? 'not-a-secret-of-the-old-redis' : `not-a-secret-of-the-new-redis_${user}`,
    ]),
  ),
});

const own = { topology: 'standalone', cpu: '50m', memory: '128Mi', storage: '1Gi' } as const;

(HAS_CLUSTER ? describe : describe.skip)('an app that was deployed by hand', () => {
  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await asked('apply', '-f', join(__dirname, 'by-hand.yaml'));
    await allReady(['postgres', BY_HAND], START);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', NAME, 'postgres', BY_HAND, '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('becomes a tenant while it works', async () => {
    const redis = [
      'get',
      'pods',
      '-n',
      BY_HAND,
      '-l',
      'app=redis',
      '-o',
      'jsonpath={.items[0].status.podIP}',
    ];
    const old = {
      topology: 'external',
      host: `redis.${BY_HAND}.svc.cluster.local`,
      cidrs: [`${await asked(...redis)}/32`],
      username: 'default',
    } as const;
    const during = treeOf({ ...own, movingFrom: old }, EXISTING);
    const after = treeOf(own, EXISTING);
    const early = await load(NAME, STREAM, BY_HAND);

    await synced(during.platform);
    await applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAME } });
    for (const wanted of [...during.wanted, ...after.wanted]) await applied(secretOf(wanted));
    await synced(during.tenant);
    await asked('scale', '-n', BY_HAND, 'deploy/worker', '--replicas=0');
    await producer(NAME);
    const late = await load(NAME, { ...STREAM, count: 60 });
    early.stop();
    await until('the old Redis is empty', async () => (await leftOnOldSide()) === 0, 240);
    const count = total([await settled(early, REDELIVERED), await settled(late, REDELIVERED)]);
    await synced(after.tenant, during.tenant);
    console.info(JSON.stringify(count));

    expect(count).toMatchObject({ lost: [], twice: 0 });
  });
});
