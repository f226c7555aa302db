// A change of the tenant's broker under load, with a producer that rolls last; tasks are counted.

import { asked } from '../e2e/kubectl';
import { load, producer, settled, total } from '../e2e/load';
import type { Count, Load } from '../e2e/load';
import { PRODUCER } from '../e2e/pods';
import { NAME, synced } from './synced';
import type { Tree } from './synced';

export const STREAM = { rate: 4, count: 4000, task: { seconds: 0.2 } } as const;

/** Seconds: a task of a killed worker comes back after 60, and kombu looks every ten. */
export const REDELIVERED = 120;

/** Has the producer read where its broker is now. */
export async function anew(): Promise<void> {
  await asked('delete', 'job', PRODUCER, '-n', NAME, '--ignore-not-found');
  await producer(NAME);
}

/** A producer that knows the broker as it is now, and sends. */
export async function sends(count: number = STREAM.count): Promise<Load> {
  await anew();
  return load(NAME, { ...STREAM, count });
}

/** What was sent before and after, told and counted. */
export async function counted(early: Load, seconds: number): Promise<Count> {
  early.stop();
  const late = await sends(60);
  const count = total([await settled(early, REDELIVERED), await settled(late, REDELIVERED)]);
  console.info(JSON.stringify({ seconds, ...count, refusals: [...new Set(early.refused)].slice(0, 3) }));
  return count;
}

/** Sends as a web pod that rolls last does: with the old broker until the change is through, with the new one after it. */
export async function changes(before: Tree, after: Tree): Promise<Count> {
  const early = await sends();
  const began = Date.now();
  await synced(after.tenant, before.tenant);
  return counted(early, Math.round((Date.now() - began) / 1000));
}
