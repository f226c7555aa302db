// A tenant that moves between brokers on a cluster, under load and back again; tasks are counted.

import { join } from 'node:path';
import { HAS_CLUSTER, START, until } from '../e2e/cluster';
import { asked } from '../e2e/kubectl';
import { load, settled, total } from '../e2e/load';
import type { Count } from '../e2e/load';
import { allReady } from '../e2e/pods';
import { REDELIVERED, anew } from './changes';
import { NAME, SHARED, leftOnOldSide, synced, treeOf } from './synced';
import type { Broker, Tree } from './synced';

if (!HAS_CLUSTER) console.warn('a move is NOT proven here: KUBECONFIG names no cluster');

/** More than two workers do, so that the side that is left has work. */
const STREAM = { rate: 6, count: 4000, task: { seconds: 0.5 } } as const;

const own = { topology: 'standalone', cpu: '50m', memory: '128Mi', storage: '1Gi' } as const;
const shared = { shared: SHARED } as const;

const moves = (to: Broker, from: object): Tree => treeOf({ ...to, movingFrom: from } as Broker);

const change = async (after: Tree, before: Tree): Promise<void> => {
  await synced(after.shared);
  await synced(after.tenant, before.tenant);
};

/** Sends to the old side until the move is through, as a web pod that rolls last, and to the new one after that. */
async function moved(before: Tree, while_: Tree, after: Tree): Promise<Count> {
  await anew();
  const early = await load(NAME, STREAM);
  await change(while_, before);
  early.stop();
  await anew();
  const late = await load(NAME, { ...STREAM, count: 60 });
  await until('the old side is empty', async () => (await leftOnOldSide()) === 0, 240);
  const count = total([await settled(early, REDELIVERED), await settled(late, REDELIVERED)]);
  await change(after, while_);
  await anew();
  const last = await load(NAME, { ...STREAM, count: 20 });
  const all = total([count, await settled(last, REDELIVERED)]);
  console.info(JSON.stringify({ ...all, refusals: [...new Set(early.refused)].slice(0, 3) }));
  return all;
}

(HAS_CLUSTER ? describe : describe.skip)('a tenant that moves under load', () => {
  const atShared = treeOf(shared);
  const atOwn = treeOf(own);

  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await synced(atShared.platform);
    await synced(atShared.shared);
    await synced(atShared.tenant);
    await allReady(['postgres', `broker-${SHARED}`, NAME], START);
  });

  afterAll(async () => {
    const namespaces = [NAME, 'postgres', `broker-${SHARED}`];
    await asked('delete', 'namespace', ...namespaces, '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('gets a Redis of its own', async () => {
    expect(await moved(atShared, moves(own, shared), atOwn)).toMatchObject({ lost: [], twice: 0 });
  });

  it('goes back to the shared broker', async () => {
    expect(await moved(atOwn, moves(shared, own), atShared)).toMatchObject({ lost: [], twice: 0 });
  });
});
