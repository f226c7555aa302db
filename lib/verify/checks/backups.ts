// Checks: the last backup of each broker went well and in time, and so did the last drill; with what they said.

import { POD, statusesOf, whyOf } from '../../cluster';
import type { KubeObject, Pod } from '../../cluster';
import { BACKUP_NAMES as NAMES } from '../../plan/redis/backup';
import type { ResolvedBackup } from '../../spec';
import { nextStart } from '../../spec/rules/cron';
import { guarded, judged, skipped } from '../section';
import type { About, CheckOutcome, SectionOfChecks } from '../section';
import type { ServerHere, World } from '../world';
import type { CronJobHere } from './crons';

export const backups: SectionOfChecks = {
  id: 'backups',
  title: 'Backups, and whether they come back',
  async *run(world) {
    for (const server of world.servers) {
      if (server.redis.backup === undefined) continue;
      for (const run of runsOf(server, server.redis.backup)) yield* checked(world, run);
    }
  },
};

/** What the clock starts beside a broker. */
interface ClockedRun {
  readonly about: About;
  readonly name: string;
  readonly namespace: string;
  /** Absent: never. */
  readonly schedule?: string;
  readonly runbook: string;
}

const runsOf = (
  { namespace }: ServerHere,
  { schedule, drill }: ResolvedBackup,
): readonly [ClockedRun, ClockedRun] => [
  {
    about: {
      id: 'backups.last',
      subject: `${namespace} CronJob/${NAMES.backup}`,
      expected: `the last backup went well, and none is overdue (${schedule})`,
    },
    ...{ name: NAMES.backup, namespace, schedule, runbook: 'docs/runbooks/BackupFailed.md' },
  },
  {
    about: {
      id: 'backups.drill',
      subject: `${namespace} CronJob/${NAMES.drill}`,
      expected: `the newest backup came back the last time, and no drill is overdue (${drill ?? 'never'})`,
    },
    ...{ name: NAMES.drill, namespace, runbook: 'docs/runbooks/BackupUnverified.md' },
    ...(drill !== undefined && { schedule: drill }),
  },
];

async function* checked({ cluster }: World, run: ClockedRun): AsyncGenerator<CheckOutcome> {
  const { about, name, namespace, schedule } = run;
  if (schedule === undefined) {
    yield skipped(about, 'drill is false: nobody knows whether a backup comes back');
    return;
  }
  const labels = { 'app.kubernetes.io/component': 'backup', 'app.kubernetes.io/instance': name };
  yield* guarded(about, async () => {
    const cronJob = await cluster.read<CronJobHere>({
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', namespace, name },
    });
    const pods = await cluster.list<Pod>(POD, namespace, labels);
    return [backedUp({ ...run, schedule }, { cronJob, pods, now: new Date() })];
  });
}

export interface RunsHere {
  readonly cronJob: CronJobHere | undefined;
  /** Pods of its last Jobs, in any order. */
  readonly pods: readonly Pod[];
  readonly now: Date;
}

/** Milliseconds: a run takes an hour at most, and keeps the next one from starting. */
const PATIENCE = 3600 * 1000;

export function backedUp(
  run: Required<Pick<ClockedRun, 'about' | 'schedule' | 'runbook'>>,
  { cronJob, pods, now }: RunsHere,
): CheckOutcome {
  const { about, runbook } = run;
  if (cronJob === undefined) return judged(about, false, 'it is not there', 'apply the rendered folder');
  const { spec, status = {} } = cronJob;
  const { lastScheduleTime: begun, lastSuccessfulTime: good, active = [] } = status;
  if (spec.suspend === true)
    return judged(
      about,
      false,
      `it is suspended; ${goodText(good, pods)}`,
      `kubectl patch it with {"spec":{"suspend":false}}`,
    );
  if (active.length > 0) return judged(about, true, `a run of ${begun} is going; ${goodText(good, pods)}`);
  const failure = failedRun(status, pods);
  if (failure !== undefined) return judged(about, false, `${failure}; ${goodText(good, pods)}`, runbook);
  return started(run, { cronJob, pods, now });
}

/** The last run of the clock, or a later one that a person started; undefined where none failed since a good one. */
function failedRun(
  { lastScheduleTime: begun, lastSuccessfulTime: good = '' }: NonNullable<CronJobHere['status']>,
  pods: readonly Pod[],
): string | undefined {
  if (begun !== undefined && good < begun) return `the run of ${begun} failed: ${failureOf(pods)}`;
  const later = newest(pods, 'Failed');
  return later && madeAt(later) > good
    ? `the run by hand of ${madeAt(later)} failed: ${whyOf(later)}`
    : undefined;
}

/** The last run went well, or there was none: the next one may be overdue. */
function started(
  { about, schedule }: Pick<ClockedRun, 'about'> & { readonly schedule: string },
  { cronJob, pods, now }: RunsHere & { readonly cronJob: CronJobHere },
): CheckOutcome {
  const { lastScheduleTime: begun, lastSuccessfulTime: good } = cronJob.status ?? {};
  const since = begun ?? cronJob.metadata.creationTimestamp;
  const due = since === undefined ? undefined : nextStart(schedule, new Date(since));
  if (due !== undefined && due.getTime() + PATIENCE < now.getTime())
    return judged(
      about,
      false,
      `the run of ${due.toISOString()} was not started; ${goodText(good, pods)}`,
      'docs/runbooks/BackupTooOld.md',
    );
  const notYet = begun === undefined ? 'it was not due yet' : undefined;
  const last = good === undefined ? undefined : goodText(good, pods);
  return judged(about, true, [notYet, last].filter((part) => part !== undefined).join('; '));
}

const newest = (pods: readonly Pod[], phase: string): Pod | undefined =>
  pods
    .filter(({ status }) => status.phase === phase)
    .sort((a, b) => (madeAt(a) < madeAt(b) ? 1 : -1))
    .at(0);

const madeAt = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';

/** The pod that failed last says why; that of a run that took too long is gone. */
function failureOf(pods: readonly Pod[]): string {
  const pod = newest(pods, 'Failed');
  return pod ? whyOf(pod) : 'its pods are gone, so it took longer than an hour, or somebody deleted them';
}

function goodText(good: string | undefined, pods: readonly Pod[]): string {
  if (good === undefined) return 'none went well yet';
  const facts = factsOf(newest(pods, 'Succeeded'));
  return `the last that went well ended ${good}${facts === undefined ? '' : `: ${facts}`}`;
}

/** What store.sh and drill.sh say, with their units; other facts are for programs. */
const UNITS = {
  bytes: 'bytes',
  keys: 'keys',
  expired: 'keys whose time is over',
  messages: 'messages',
  unacked: 'in hand',
  etas: 'with a time',
  results: 'results',
  seconds: 's',
} as const;

type Facts = Readonly<Partial<Record<'snapshot' | 'time' | keyof typeof UNITS, string | number>>>;

/** One line of JSON, in words; undefined where its container left none. */
function factsOf(pod: Pod | undefined): string | undefined {
  const messages = pod ? statusesOf(pod).map(({ state }) => state?.terminated?.message ?? '') : [];
  const line = messages.flatMap((text) => text.split('\n')).find((one) => one.startsWith('{"ok":true'));
  if (line === undefined) return undefined;
  const facts = JSON.parse(line) as Facts;
  const counted = Object.entries(UNITS).flatMap(([name, unit]) => {
    const value = facts[name as keyof typeof UNITS];
    return value === undefined ? [] : [`${value} ${unit}`];
  });
  return [`snapshot ${facts.snapshot} of ${facts.time}`, ...counted].join(', ');
}
