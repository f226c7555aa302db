// Snapshots in the store: a list of all, and what one of them holds, found out by a Job like that of the drill.

import { isRunning } from '../cluster';
import type { Cluster, Pod } from '../cluster';
import { BACKUP_NAMES } from '../plan/redis/backup';
import { countedIn } from './counted';
import type { CountedWork } from './counted';
import { cronJobOf, ended, inPod, ownJobName, withJob, withVariable } from './job';
import type { CronJob, Run, TemplateContainer } from './job';
import { BackupError } from './target';
import type { BackedUp } from './target';

export interface Asking {
  readonly cluster: Cluster;
  readonly of: BackedUp;
  /** Seconds for all that a Job does. */
  readonly patience: number;
  /** Milliseconds between two looks. */
  readonly every: number;
  readonly say: (text: string) => void;
}

export interface Snapshot {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  /** As the backup has counted them, where it has. */
  readonly keys?: number;
}

export interface HeldSnapshot extends Snapshot {
  /** Keys that a Redis has loaded of it. */
  readonly loaded: number;
  /** Keys whose time was over by then. */
  readonly expired: number;
  readonly counted: readonly CountedWork[];
}

const RESTORE = 'restore.sh';
const DRILL = 'drill.sh';

const runs = (script: string, { command = [] }: TemplateContainer): boolean =>
  command.some((word) => word.endsWith(`/${script}`));

/** The container of a CronJob that runs a script. */
function containerWith(script: string, { spec, metadata }: CronJob): TemplateContainer {
  const { initContainers = [], containers } = spec.jobTemplate.spec.template.spec;
  const found = [...initContainers, ...containers].find((one) => runs(script, one));
  if (found) return found;
  throw new BackupError(
    `CronJob ${metadata.name} must run ${script}, got none such; apply the tree of this version first`,
  );
}

async function runOf(
  { cluster, of, patience, every, say }: Asking,
  verb: string,
  change: Run['change'],
): Promise<Run> {
  const cron = await cronJobOf(cluster, of.namespace, BACKUP_NAMES.drill);
  return { cluster, namespace: of.namespace, cron, name: ownJobName(verb), change, patience, every, say };
}

/** Newest first. */
export async function snapshotsOf(asking: Asking): Promise<readonly Snapshot[]> {
  const lists = (one: TemplateContainer): TemplateContainer =>
    runs(RESTORE, one)
      ? { ...one, command: (one.command ?? []).map((word) => (word === 'fetch' ? 'list' : word)) }
      : one;
  const run = await runOf(asking, 'list', lists);
  const { name } = containerWith(RESTORE, run.cron);
  const text = await withJob(run, (pod) => asking.cluster.logs(inPod(run.namespace, pod, name)), ended);
  return listed(text);
}

interface ResticSnapshot {
  readonly short_id: string;
  readonly time: string;
  readonly tags?: readonly string[];
}

export function listed(text: string): readonly Snapshot[] {
  const line = text.split('\n').find((one) => one.startsWith('['));
  if (line === undefined) throw new BackupError('the store must list its snapshots, got no list');
  return (JSON.parse(line) as readonly ResticSnapshot[])
    .map(({ short_id: id, time, tags = [] }) => {
      const keys = tags.map((tag) => /^keys=(\d+)$/.exec(tag)?.[1]).find((count) => count !== undefined);
      return { id, time, ...(keys !== undefined && { keys: Number(keys) }) };
    })
    .sort((a, b) => (a.time < b.time ? 1 : -1));
}

/** Loads a snapshot into a Redis of a Job's own, and counts it. */
export async function heldIn(asking: Asking, from: string): Promise<HeldSnapshot> {
  const run = await runOf(asking, 'show', fetches(from));
  const { name } = containerWith(DRILL, run.cron);
  return withJob(
    run,
    async (pod) => heldOf(await asking.cluster.logs(inPod(run.namespace, pod, name)), asking),
    ended,
  );
}

const fetches =
  (from: string) =>
  (one: TemplateContainer): TemplateContainer =>
    runs(RESTORE, one) ? withVariable(one, 'SNAPSHOT', from) : one;

interface Facts {
  readonly ok: boolean;
  readonly snapshot: string;
  readonly time: string;
  readonly keys: number;
  readonly expired: number;
}

function heldOf(log: string, { of }: Asking): HeldSnapshot {
  const line = log.split('\n').find((one) => one.startsWith('{'));
  if (line === undefined) throw new BackupError('the Job must say what it has counted, got nothing');
  const { snapshot, time, keys, expired } = JSON.parse(line) as Facts;
  return { id: snapshot, time, loaded: keys, expired, counted: countedIn(log, of.tenants) };
}

/** A Job that has loaded a snapshot, and stays. */
export interface Holding {
  readonly held: HeldSnapshot;
  readonly pod: Pod;
  readonly container: string;
  /** Where its scripts are. */
  readonly scripts: string;
}

/** Has the Job hold the snapshot while `use` copies from it. */
export async function holding<T>(asking: Asking, from: string, use: (of: Holding) => Promise<T>): Promise<T> {
  const { cluster } = asking;
  const stays = (one: TemplateContainer): TemplateContainer =>
    runs(DRILL, one) ? withVariable(one, 'HOLD', String(asking.patience)) : fetches(from)(one);
  const run = await runOf(asking, 'copy', stays);
  const { name, command = [] } = containerWith(DRILL, run.cron);
  const script = String(command.find((word) => word.endsWith(`/${DRILL}`)));
  const logOf = (pod: Pod): Promise<string> => cluster.logs(inPod(run.namespace, pod, name));
  return withJob(
    run,
    async (pod) =>
      use({
        held: heldOf(await logOf(pod), asking),
        ...{ pod, container: name, scripts: script.slice(0, -DRILL.length - 1) },
      }),
    async (pod) => isRunning(pod, name) && (await logOf(pod)).includes('\n{'),
  );
}
