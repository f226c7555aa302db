// A Redis with sentinels: whose pod is the primary, and what goes when it goes.

import { redis } from '../cluster';
import { deleted, killed, podOf, runningPods } from '../faults';
import type { Pod } from '../pods';
import { struck, weathered } from './struck';
import type { Told } from '../lanes';

/** The pod that takes writes. */
async function primaryOf(tenant: string): Promise<Pod> {
  const pods = await runningPods(tenant, 'redis');
  const roles = await Promise.all(
    pods.map(({ metadata }) => redis(tenant, 'info replication', metadata.name).catch(() => '')),
  );
  const at = roles.findIndex((role) => /^role:master/m.test(role));
  const found = pods[at];
  if (!found) throw new Error(`${tenant} has no primary`);
  return found;
}

/** Tells where the primary was, and where it is. In the second without one a send may be refused (docs/decisions/0011). */
async function moves(tenant: string, strike: (tenant: string) => Promise<unknown>): Promise<Told> {
  const before = await primaryOf(tenant);
  const { count, note } = await weathered(tenant, { strike, sudden: true });
  const after = await primaryOf(tenant);
  return { count, note: `primary ${before.metadata.name}, then ${after.metadata.name} ${note}`.trim() };
}

export const primaryKilled = (tenant: string): Promise<Told> =>
  moves(tenant, async () => killed(await primaryOf(tenant), 'redis-server'));

export const primaryDeleted = (tenant: string): Promise<Told> =>
  moves(tenant, async () => deleted(await primaryOf(tenant)));

export const sentinelKilled = (tenant: string): Promise<Told> =>
  struck(tenant, { strike: async () => killed(await podOf(tenant, 'sentinel'), 'sentinel'), sudden: false });
