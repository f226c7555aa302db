// The helper beside Redis dies again and again, until Kubernetes waits before it starts it: Redis serves all the same.

import { probe, subject, until } from '../cluster';
import { killed, podOf } from '../faults';
import type { Pod } from '../pods';
import { isServing } from '../pods';
import { struck } from './struck';
import type { Fault } from './struck';
import type { Told } from '../lanes';

const HELPER = 'users';

const helperOf = ({ status }: Pod) => status.containerStatuses?.find(({ name }) => name === HELPER);

/** Kills it at each start until it has to wait for the next: the pod is not ready then, and its Redis is well. */
async function untilBackOff(namespace: string): Promise<void> {
  for (;;) {
    const state = helperOf(await podOf(namespace, 'redis'))?.state;
    if (state?.waiting?.reason === 'CrashLoopBackOff') return;
    if (state?.running) await killed(await podOf(namespace, 'redis'), 'users.sh').catch(() => undefined);
  }
}

const helperDies: Fault = {
  strike: async (tenant) => {
    const { broker } = subject(tenant);
    await untilBackOff(broker);
    await until('the pod is not ready', async () => !isServing(await podOf(broker, 'redis')));
    // a process of its own, which connects for the first time
    await probe(tenant);
    expect(isServing(await podOf(broker, 'redis'))).toBe(false);
  },
  sudden: false,
};

export async function helperKilled(tenant: string): Promise<Told> {
  const told = await struck(tenant, helperDies);
  return { ...told, note: 'its pod was not ready, its clients did not notice' };
}
