// Pools at rest: their autoscaler goes down to no pod, and nobody is there to answer.

import { setTimeout as sleep } from 'node:timers/promises';
import { readyPod } from '../ask';
import type { TenantHere, World } from '../world';
import { replicasOf } from './pods';

/** Deployments of pools that may have no pod, and have none now. */
export async function restingPools(world: World, { tenant, workloads }: TenantHere): Promise<string[]> {
  const may = tenant.workers.filter(mayRest).map(({ name }) => `worker-${name}`);
  const pools = workloads.filter(({ component, name }) => component === 'worker' && may.includes(name));
  const replicas = await Promise.all(pools.map((pool) => replicasOf(world, pool)));
  return pools.filter((_, i) => replicas[i] === 0).map(({ name }) => name);
}

/** The autoscaler may take its last pod. */
export const mayRest = ({ scaling }: TenantHere['tenant']['workers'][number]): boolean => scaling?.min === 0;

/** Whether a worker is there to be asked; one that a task has just woken gets time to start. */
export async function isAwake(world: World, here: TenantHere): Promise<boolean> {
  const pools = here.workloads.filter(({ component }) => component === 'worker');
  const patience = here.tenant.workers.some(mayRest) ? world.options.maxWait : 0;
  for (let waited = 0; ; waited++) {
    if ((await readyPod(world, pools)) !== undefined) return true;
    if (waited >= patience) return false;
    await sleep(1000);
  }
}
