// The helper beside Redis dies again and again, until Kubernetes waits before it starts it: Redis serves all the same.

import { probe, START, subject, until } from '../cluster';
import { killed, podOf } from '../faults';
import type { Told } from '../lanes';
import { load, producer, settled } from '../load';
import { allReady, isServing } from '../pods';
import { REDELIVERED } from './struck';

const HELPER = 'users';

/** Starts after which Kubernetes waits for 40 s. */
const STARTS = 3;

/** Kills it at each start; the pod is not ready in the end, and its Redis is well. */
async function untilBackOff(namespace: string): Promise<void> {
  for (;;) {
    const pod = await podOf(namespace, 'redis');
    const helper = pod.status.containerStatuses?.find(({ name }) => name === HELPER);
    const waits = helper?.state?.waiting?.reason === 'CrashLoopBackOff';
    if (waits && helper.restartCount >= STARTS && !isServing(pod)) return;
    // It may have ended since
    if (!waits) await killed(pod, 'users.sh').catch(() => undefined);
  }
}

/** Tasks for as long as the helper is away. */
const STREAM = { rate: 4, count: 2000, task: { seconds: 0.1 } } as const;

export async function helperKilled(tenant: string): Promise<Told> {
  const { broker } = subject(tenant);
  await producer(tenant);
  const sending = await load(tenant, STREAM);
  await untilBackOff(broker);
  const before = sending.accepted.size;
  // a process of its own, which connects for the first time
  await probe(tenant);
  await until('sends are accepted', () => sending.accepted.size >= before + 20);
  expect(isServing(await podOf(broker, 'redis'))).toBe(false);
  sending.stop();
  const count = await settled(sending, REDELIVERED);
  await allReady([tenant, broker], START);

  expect(count).toMatchObject({ refused: 0, again: 0, twice: 0 });
  return { count, note: 'the pod of Redis was not ready, and nobody noticed' };
}
