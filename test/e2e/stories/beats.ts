// A beat goes and comes back: its schedule goes on, and nothing is sent twice.

import { book, START, until } from '../cluster';
import { deleted, killed, podOf } from '../faults';
import { asked } from '../kubectl';
import { allReady } from '../pods';
import type { Pod } from '../pods';
import type { Told } from '../lanes';

/** Seconds between two sends of `Note it` and of `Note it slowly` (test/apps/paperless). */
const FAST = 10;
const SLOW = 20;

/** A busy node lets a beat wait for some seconds. */
const LATE = 5;

/** When each task of a schedule was sent, in seconds; the worker wrote it down. */
async function sends(tenant: string): Promise<number[]> {
  const from = `FROM executions WHERE tenant = '${tenant}' AND sent IS NOT NULL`;
  return (await book(`SELECT extract(epoch FROM sent) ${from} ORDER BY sent`)).map(Number);
}

const closest = (times: readonly number[]): number =>
  Math.min(...times.slice(1).map((time, i) => time - Number(times[i])));

/** When the beat that is there now was started, in seconds. */
async function started(namespace: string): Promise<number> {
  const { metadata } = await podOf(namespace, 'beat');
  const path = '{.status.containerStatuses[?(@.name=="beat")].state.running.startedAt}';
  const text = await asked('get', 'pod', '-n', namespace, metadata.name, '-o', `jsonpath=${path}`);
  return Date.parse(text) / 1000;
}

export const beatDeleted = (namespace: string): Promise<Told> => goesOn(namespace, deleted);
export const beatKilled = (namespace: string): Promise<Told> =>
  goesOn(namespace, (pod) => killed(pod, 'beat'));

async function goesOn(namespace: string, strike: (pod: Pod) => Promise<unknown>): Promise<Told> {
  const slow = `${namespace.replace('-', '_')}_slowly`;
  const first = (await sends(slow)).length;
  await until('a slow send', async () => (await sends(slow)).length > first);
  const last = Number((await sends(slow)).at(-1));

  const beat = await podOf(namespace, 'beat');
  const at = Date.now() / 1000;
  await strike(beat);
  await until('the next slow send', async () => Number((await sends(slow)).at(-1)) > last);
  await allReady([namespace], START);
  const next = Number((await sends(slow)).find((time) => time > last));
  await until('two more', async () => (await sends(slow)).filter((time) => time > last).length > 2);

  // A schedule that was lost with the pod would begin with a whole interval after the start
  const due = Math.max(last + SLOW, await started(namespace));
  const all = await sends(namespace.replace('-', '_'));
  const fast = all.filter((time) => time > last - FAST);
  expect(next - due).toBeLessThan(2 * LATE);
  expect(closest(fast)).toBeGreaterThan(FAST - LATE);
  expect(closest((await sends(slow)).filter((time) => time >= last))).toBeGreaterThan(SLOW - LATE);
  return {
    note: `away for ${Math.round((await started(namespace)) - at)} s; ${fast.length} sends, the closest ${closest(fast).toFixed(1)} s apart`,
  };
}
