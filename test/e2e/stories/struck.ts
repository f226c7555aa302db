// A fault while a tenant works, and what became of everything that was accepted.

import { START, subject, until, waiting } from '../cluster';
import { deleted, killed, podOf } from '../faults';
import { asked } from '../kubectl';
import { load, producer, settled, underWay } from '../load';
import type { Load, LoadProps } from '../load';
import { allReady } from '../pods';
import type { Told } from '../lanes';

/** A task whose pod was killed is given back 60 s later (70 in Paperless-ngx), and kombu looks for such tasks every 10 s; nodes may be busy. */
export const REDELIVERED = 200;

/** More than four processes can do: some wait, and all are busy. */
const STEADY: LoadProps = { rate: 12, count: 120, task: { seconds: 0.5 } };

/** The same for Paperless-ngx, which takes a new process for each task. */
const SLOW: LoadProps = { rate: 1, count: 15, task: { seconds: 2 } };

/** A fault that finds nothing to lose shows nothing. */
const atStake = async (sending: Load): Promise<boolean> =>
  (await waiting(sending.tenant)) >= 3 && (await underWay(sending)) >= 1;

const PAPERLESS = new Set(['paless', 'tenant-a', 'tenant-b']);

export interface Fault {
  readonly strike: (tenant: string) => Promise<unknown>;
  /** Whether a process has no chance to say what it has done: a task may then run twice. */
  readonly sudden: boolean;
}

/** Nothing is lost or refused, nothing is cut off or runs twice unless the fault was sudden, and all is well in the end. */
export async function struck(tenant: string, fault: Fault): Promise<Told> {
  const told = await weathered(tenant, fault);
  expect(told.count.refused).toBe(0);
  return told;
}

/** The same where a send may be refused. */
export async function weathered(tenant: string, { strike, sudden }: Fault) {
  await producer(tenant);
  const sending = await load(tenant, PAPERLESS.has(tenant) ? SLOW : STEADY);
  await until('tasks wait, and are under way', () => atStake(sending));
  await strike(tenant);
  const count = await settled(sending, REDELIVERED);
  await allReady([tenant, subject(tenant).broker], START);
  if (!sudden) expect(count).toMatchObject({ again: 0, twice: 0 });
  return { count, note: sending.refused[0] ?? '' };
}

export const workersRoll: Fault = {
  strike: (tenant) => asked('rollout', 'restart', '-n', tenant, 'deploy/worker-default'),
  sudden: false,
};

export const workerDeleted: Fault = {
  strike: async (tenant) => deleted(await podOf(tenant, 'worker-default')),
  sudden: false,
};

export const workerKilled: Fault = {
  strike: async (tenant) => killed(await podOf(tenant, 'worker-default'), 'celery'),
  sudden: true,
};

/** A worker may have done a task and not have said so. */
export const redisDeleted: Fault = {
  strike: async (tenant) => deleted(await podOf(subject(tenant).broker, 'redis')),
  sudden: true,
};

export const redisKilled: Fault = {
  strike: async (tenant) => killed(await podOf(subject(tenant).broker, 'redis'), 'redis-server'),
  sudden: true,
};
