// All of a broker anew from a snapshot: a ConfigMap names it, claims and pods go, and the StatefulSet makes both again.

import { setTimeout as pause } from 'node:timers/promises';
import { POD, whyOf } from '../cluster';
import type { Cluster, Pod } from '../cluster';
import { BACKUP_NAMES } from '../plan/redis/backup';
import { ofComponent, podsIn } from '../status/pods';
import { podsOfBroker } from './broker';
import { inPod } from './job';
import type { Asking, HeldSnapshot } from './snapshot';
import { BackupError } from './target';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' } as const;
const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const;

/** The init containers look for it. */
const { restore: NAME } = BACKUP_NAMES;

/** The pod that is filled: a fixed primary, or the one that sentinels then choose, as it alone has data. */
const FILLED = 'redis-0';

/** @returns keys that Redis has loaded, and those that were over their time */
export async function refill(asking: Asking, held: HeldSnapshot): Promise<LoadedKeys> {
  const { cluster, of, say } = asking;
  const note = { ...CONFIG_MAP, namespace: of.namespace, name: NAME };
  const old = await podsOfBroker(cluster, of);
  await cluster.delete(note);
  await cluster.create({
    ...CONFIG_MAP,
    metadata: { name: NAME, namespace: of.namespace },
    ...{ data: { snapshot: held.id, pod: FILLED } },
  });
  await emptied(asking, old);
  const filled = await brought(asking, old);
  await cluster.delete(note);
  await releaseOthers(asking);
  say(`${FILLED} has the snapshot on its volume`);
  return loaded(asking, filled);
}

/** Claims first: a pod keeps its own in use until it ends. Sentinels remember the old primary: they go with them. */
async function emptied({ cluster, of, say }: Asking, old: readonly Pod[]): Promise<void> {
  const { namespace } = of;
  const pods = old.filter(isFilledOrElected);
  const claims = pods.flatMap(({ spec }) =>
    (spec.volumes ?? []).flatMap(({ persistentVolumeClaim, name }) =>
      persistentVolumeClaim && name === 'redis-data' ? [persistentVolumeClaim.claimName] : [],
    ),
  );
  const sentinels = ofComponent(await podsIn(cluster, namespace), 'sentinel');
  say(`deleting ${[...claims, ...pods.map(({ metadata }) => metadata.name)].join(', ')}: both come anew`);
  for (const name of claims) await cluster.delete({ ...CLAIM, namespace, name });
  for (const { metadata } of pods) await cluster.delete({ ...POD, namespace, name: metadata.name });
  for (const { metadata } of sentinels)
    await cluster.delete({ ...POD, namespace, name: metadata.name }, { graceSeconds: 0 });
}

/** A read replica of a fixed primary copies by itself. */
const isFilledOrElected = ({ metadata }: Pod): boolean => /^redis-\d+$/.test(metadata.name);

const RESTORE = 'restore';

/** Waits until the new pod's init container has ended well. */
async function brought({ cluster, of, say, every, patience }: Asking, old: readonly Pod[]): Promise<Pod> {
  const before = new Set(old.map(({ metadata }) => metadata.uid));
  const latest = Date.now() + patience * 1000;
  let said = '';
  for (;;) {
    const pod = await filledPod(cluster, of.namespace);
    const now = pod === undefined || before.has(pod.metadata.uid) ? 'is not there yet' : stage(pod);
    if (pod && now === DONE) return pod;
    if (now !== said) say(`${FILLED} ${now}`);
    said = now;
    if (Date.now() > latest)
      throw new BackupError(
        `${FILLED} must have the snapshot within ${patience} s, got: ${now}; it tries again by itself while the ConfigMap ${NAME} is there, and starts empty once that is deleted`,
      );
    await pause(every);
  }
}

const DONE = 'done';

function stage(pod: Pod): string {
  const one = pod.status.initContainerStatuses?.find(({ name }) => name === RESTORE);
  if (one === undefined) return 'waits to start';
  const { state = {}, lastState = {} } = one;
  if (state.terminated?.exitCode === 0) return DONE;
  if (state.running) return 'brings the snapshot';
  const failed = state.terminated ?? lastState.terminated;
  return failed ? `has failed, and tries again: ${whyOf(pod)}` : 'waits to start';
}

const filledPod = async (cluster: Cluster, namespace: string): Promise<Pod | undefined> =>
  cluster.read<Pod>({ ...POD, namespace, name: FILLED });

/** Those that wait see only after a minute that the ConfigMap is gone; new ones see it at once. */
async function releaseOthers({ cluster, of }: Asking): Promise<void> {
  for (const { metadata, status } of await podsOfBroker(cluster, of)) {
    const waits = status.initContainerStatuses?.some(({ name, state }) => name === RESTORE && state?.running);
    if (waits && metadata.name !== FILLED)
      await cluster.delete({ ...POD, namespace: of.namespace, name: metadata.name }, { graceSeconds: 0 });
  }
}

export interface LoadedKeys {
  readonly loaded: number;
  readonly expired: number;
}

const REDIS = 'redis';

/** What Redis itself says at its start. */
async function loaded({ cluster, of, every, patience }: Asking, pod: Pod): Promise<LoadedKeys> {
  const latest = Date.now() + patience * 1000;
  const where = inPod(of.namespace, pod, REDIS);
  for (;;) {
    const log = await cluster.logs(where).catch(() => '');
    const found = [...log.matchAll(/keys loaded: (\d+), keys expired: (\d+)/g)].at(-1);
    if (found) return { loaded: Number(found[1]), expired: Number(found[2]) };
    if (Date.now() > latest)
      throw new BackupError(
        `Redis in ${FILLED} must load the snapshot within ${patience} s, got no word of it`,
      );
    await pause(every);
  }
}
