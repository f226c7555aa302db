// What a node takes with it, by order and by accident.

import { setTimeout as sleep } from 'node:timers/promises';
import { verified } from '../cli';
import { START, until } from '../cluster';
import { dies, movedTo, runningPods } from '../faults';
import { asked, kubectl, lines } from '../kubectl';
import { load, producer, settled, total } from '../load';
import type { Load, LoadProps } from '../load';
import { allReady, isServing, podsOf } from '../pods';
import type { Pod } from '../pods';
import type { Told } from '../lanes';
import { REDELIVERED } from './struck';

const TENANTS = ['guild', 'jewelry-shop'];

/** The bound in seconds for what can move. */
const BACK = 60;

/** The node that neither has the book nor, so, the cluster's DNS. */
async function victim(): Promise<string> {
  const nodes = (await asked('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ');
  const [book] = await runningPods('postgres', 'postgres');
  const other = nodes.find((name) => name !== book?.spec.nodeName);
  if (other === undefined) throw new Error('a second node must be there');
  return other;
}

/** So long that workers have some in hand, and so few that they catch up. */
const LONG: LoadProps = { rate: 1, count: 100_000, task: { seconds: 1 } };

const sending = async (): Promise<readonly Load[]> => {
  await Promise.all(TENANTS.map(producer));
  return Promise.all(TENANTS.map((tenant) => load(tenant, LONG)));
};

async function ended(loads: readonly Load[]) {
  for (const one of loads) one.stop();
  return total(await Promise.all(loads.map((one) => settled(one, REDELIVERED))));
}

interface Budgets {
  readonly seen: readonly string[];
  readonly overdrawn: readonly string[];
}

/** All budgets, looked at until told to stop. */
function watchBudgets(): () => Promise<Budgets> {
  const seen = new Set<string>();
  const overdrawn = new Set<string>();
  let over = false;
  const watching = (async () => {
    while (!over) {
      const { output } = await kubectl(['get', 'pdb', '-A', '-o', BUDGETS]);
      for (const line of lines(output)) {
        const [name, healthy, wanted] = line.split(' ');
        seen.add(String(name));
        if (Number(healthy) < Number(wanted)) overdrawn.add(`${name}: ${healthy} of ${wanted}`);
      }
      await sleep(1000);
    }
  })();
  return async () => {
    over = true;
    await watching;
    return { seen: [...seen], overdrawn: [...overdrawn] };
  };
}

const BUDGETS =
  'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.status.currentHealthy} {.status.desiredHealthy}{"\\n"}{end}';

/** As before maintenance: pods leave as their budgets allow, and come back. */
export async function drains(): Promise<Told> {
  const node = await victim();
  const left = await onNode(node);
  const loads = await sending();
  const budgets = watchBudgets();
  await asked('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=240s');
  const stay = await onNode(node);
  await asked('uncordon', node);
  await allReady(TENANTS, START);
  const { seen, overdrawn } = await budgets();
  const count = await ended(loads);

  expect(left.length).toBeGreaterThan(2);
  expect(stay).toEqual([]);
  expect(seen).toEqual(
    expect.arrayContaining(['redis', 'sentinel', 'worker-default'].map((name) => `guild/${name}`)),
  );
  expect(overdrawn).toEqual([]);
  return { count, note: `${left.length} pods left, no budget overdrawn` };
}

async function onNode(node: string): Promise<readonly Pod[]> {
  const pods = await podsOf(...TENANTS);
  return pods.filter(({ spec, status }) => spec.nodeName === node && status.phase === 'Running');
}

/** Workers, a beat and a Redis are on it. */
export async function nodeDies(): Promise<Told> {
  const node = await victim();
  await movedTo(node, 'guild', 'worker-default');
  await movedTo(node, 'jewelry-shop', 'beat');
  await movedTo(node, 'jewelry-shop', 'worker-default');
  const gone = await onNode(node);
  const loads = await sending();
  await sleep(5000); // so that it dies with tasks in hand
  const at = Date.now();
  dies(node);
  const seconds = await movedAfter(at, gone);
  const { checks } = await verified(TENANTS, '--max-wait', '20s');
  const count = await ended(loads);

  const pinned = gone.flatMap(claimsOf);
  const told = checks.filter(({ id }) => id === 'pods.pinned').map(({ found }) => found);
  expect(pinned).not.toEqual([]);
  for (const claim of pinned)
    expect(told).toContainEqual(expect.stringMatching(`cannot leave ${node}, where its claim ${claim} is`));
  expect(seconds).toBeLessThanOrEqual(BACK);
  return {
    count,
    note: `${gone.length} pods gone, those that can move back after ${seconds} s; pinned: ${pinned.join(', ')}`,
  };
}

/** Those are on the node's own disk. */
const claimsOf = ({ spec }: Pod): readonly string[] =>
  (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));

/** Seconds until each pod of a Deployment that can move has one in its place. */
async function movedAfter(at: number, gone: readonly Pod[]): Promise<number> {
  const movable = gone.filter(
    (pod) => claimsOf(pod).length === 0 && pod.metadata.ownerReferences[0]?.kind === 'ReplicaSet',
  );
  const old = new Set(gone.map(({ metadata }) => metadata.uid));
  const places = movable.map(placeOf);
  await until(
    `pods in the place of ${places.join(', ')}`,
    async () => {
      const now = (await podsOf(...TENANTS)).filter((pod) => !old.has(pod.metadata.uid) && isServing(pod));
      return countsOf(places).every(
        ([place, count]) => now.filter((pod) => placeOf(pod) === place).length >= count,
      );
    },
    START,
  );
  return Math.round((Date.now() - at) / 1000);
}

const placeOf = ({ metadata: { namespace, labels } }: Pod): string =>
  `${namespace}/${labels['app.kubernetes.io/instance']}`;

const countsOf = (places: readonly string[]): readonly (readonly [string, number])[] =>
  [...new Set(places)].map((place) => [place, places.filter((one) => one === place).length]);
