// Memory runs out: a process's, a container's, Redis'.

import { change } from '../change';
import { redis, START, until } from '../cluster';
import { podOf } from '../faults';
import { asked } from '../kubectl';
import { load, producer, settled, total } from '../load';
import { allReady } from '../pods';
import type { Told } from '../lanes';
import { REDELIVERED } from './struck';

/** More than any worker of these tenants may have. */
const TOO_MUCH = 900;

/** A task that takes too much at its first try, among others of the same queue. */
async function grows(tenant: string, queue?: string) {
  await producer(tenant);
  const on = queue === undefined ? {} : { queue };
  const others = await load(tenant, { rate: 2, count: 30, task: { ...on, seconds: 0.3 } });
  const large = await load(tenant, { rate: 1, count: 1, task: { ...on, megabytes: TOO_MUCH } });
  return total([await settled(others, REDELIVERED), await settled(large, REDELIVERED)]);
}

const reason = async (tenant: string, workload: string): Promise<string | undefined> =>
  (await podOf(tenant, workload)).status.containerStatuses?.find(({ name }) => name === workload)?.lastState
    ?.terminated?.reason;

/** The kernel takes the largest process of the container, or all of them where the kubelet says so. */
export async function processGrows(tenant: string): Promise<Told> {
  const count = await grows(tenant);
  const ended = await reason(tenant, 'worker-default');
  const log = await asked('logs', '-n', tenant, 'deploy/worker-default', '-c', 'worker-default', '--tail=-1');
  const alone = log.includes('signal 9 (SIGKILL)');
  expect(alone || ended === 'OOMKilled').toBe(true);
  expect(count.refused).toBe(0);
  return { count, note: alone ? 'the process was killed alone' : 'the whole container was killed' };
}

/** A pool of threads is one process: the container goes. */
export async function containerGrows(tenant: string): Promise<Told> {
  const count = await grows(tenant, 'threads');
  await allReady([tenant], START);
  expect(await reason(tenant, 'worker-threads')).toBe('OOMKilled');
  expect(count.refused).toBe(0);
  return { count, note: 'OOMKilled' };
}

/** Messages of half a megabyte, faster than the workers take them. */
const FLOOD = { rate: 20, count: 100_000, task: { seconds: 0.5, kilobytes: 512 } } as const;

/** Redis refuses, and comes back by the steps of docs/operating.md. */
export async function redisFills(name: string): Promise<Told> {
  await producer(name);
  const flood = await load(name, FLOOD);
  await until('Redis refuses', () => flood.refused.length >= 5);
  flood.stop();
  await flood.sent;
  await redis(name, 'config set maxmemory 120mb');
  const after = await load(name, { rate: 5, count: 10 });
  await after.sent;
  await change(name, { broker: { memory: '192Mi' } });
  await allReady([name], START);
  const [first, second] = [await settled(flood, REDELIVERED), await settled(after, REDELIVERED)];

  expect(flood.refused[0]).toContain("when used memory > 'maxmemory'");
  expect(second).toMatchObject({ accepted: 10, refused: 0 });
  expect(await redis(name, 'config get maxmemory')).toContain(String(Math.floor(0.7 * 192 * 1024 * 1024)));
  return { count: total([first, second]), note: 'refused while full; then more memory' };
}
