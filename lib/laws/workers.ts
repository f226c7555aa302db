// Workers: a task ends before its pod does, and no second worker gets it meanwhile.

import { option, breachUnless } from './law';
import type { Law } from './law';
import type { LeafView } from './leaf';
import { settingsOf } from './settings';
import type { CelerySettings } from './settings';
import { ownWorkloads, services } from './workloads';
import type { WorkloadView } from './workloads';
import { show } from './words';

const pools = ({ workloads }: LeafView): WorkloadView[] =>
  services(ownWorkloads(workloads)).filter(
    ({ labels }) => labels['app.kubernetes.io/component'] === 'worker',
  );

/** Kubernetes' own. */
const GRACE = 30;

const graceOf = ({ pod }: WorkloadView): number => pod.terminationGracePeriodSeconds ?? GRACE;

/** 0 where there is none: without processes nothing enforces a limit. */
const hardLimit = ({ main }: WorkloadView): number => Number(option(main.command, 'time-limit') ?? 0);

/** Seconds that a worker may take beyond its longest task: to give back, write results and disconnect. */
const ENDING = 30;

/** Without a limit, what the pod is given to end in. */
const longestTask = (pool: WorkloadView): number => hardLimit(pool) || graceOf(pool) - ENDING;

/** Seconds that the last of what a worker takes ahead waits for the limit of all tasks. */
function rateWait({ main }: WorkloadView, settings: CelerySettings | undefined): number {
  const limit = settings?.all['task_default_rate_limit'];
  if (typeof limit !== 'string' || settings?.all['worker_disable_rate_limits'] === true) return 0;
  const [count, unit = ''] = limit.split('/');
  const ahead =
    Number(option(main.command, 'concurrency')) * Number(option(main.command, 'prefetch-multiplier'));
  return (ahead * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1)) / Number(count);
}

const grace: Law = {
  name: 'a worker pod may take 30 s longer to end than its longest task',
  check: (leaf) =>
    pools(leaf).flatMap((pool) =>
      breachUnless(
        graceOf(pool) >= hardLimit(pool) + ENDING,
        pool.id,
        `${pool.path}.terminationGracePeriodSeconds must be at least ${hardLimit(pool) + ENDING}, ${ENDING} s over the longest task, got ${graceOf(pool)}`,
      ),
    ),
};

const softLimit: Law = {
  name: 'a task is warned before it is killed',
  check: (leaf) =>
    pools(leaf).flatMap((pool) => {
      const soft = Number(option(pool.main.command, 'soft-time-limit') ?? 0);
      const hard = hardLimit(pool);
      return breachUnless(
        hard === 0 || (soft > 0 && soft < hard),
        pool.id,
        `${pool.main.path}.command must hold --soft-time-limit under ${hard}, got ${soft}`,
      );
    }),
};

const visibility: Law = {
  name: 'a message is not given to a second worker while the first may still have it',
  check: (leaf) => {
    const settings = settingsOf(leaf);
    const timeout = settings?.visibilityTimeout;
    return pools(leaf).flatMap((pool) => {
      const prefetch = Number(option(pool.main.command, 'prefetch-multiplier'));
      const longest = rateWait(pool, settings) + prefetch * longestTask(pool) + graceOf(pool);
      return breachUnless(
        Number(timeout) > longest,
        pool.id,
        ` may hold a message for ${longest} s: broker_transport_options.visibility_timeout must be more, got ${show(timeout)}`,
      );
    });
  },
};

const WANTED: ReadonlyMap<string, readonly string[]> = new Map([
  ['worker', ['--without-gossip', '--without-mingle']],
  ['beat', ['--pidfile=']],
]);

const commands: Law = {
  name: 'workers and beat run in exec form, without gossip and mingle, on the node’s signal',
  check: ({ workloads, entrypoints }) =>
    ownWorkloads(workloads).flatMap(({ id, name, labels, main }) => {
      const wanted = WANTED.get(labels['app.kubernetes.io/component'] ?? '');
      const { command = [] } = main;
      if (wanted === undefined) return [];
      return [
        ...[...(entrypoints[name] ?? []), 'celery'].flatMap((word, i) =>
          breachUnless(
            command[i] === word,
            id,
            `${main.path}.command[${i}] must be ${show(word)}, got ${show(command[i])}`,
          ),
        ),
        ...wanted.flatMap((flag) =>
          breachUnless(command.includes(flag), id, `${main.path}.command must hold ${flag}`),
        ),
      ];
    }),
};

/** Seconds on a node that does not answer. */
const LONGEST_STAY = 30;

/** What is pinned to a volume gains nothing by moving; it is the Redises. */
const lostNodes: Law = {
  name: 'what can move leaves a node that is lost within half a minute, and a Redis waits for its own',
  check: ({ workloads }) =>
    services(ownWorkloads(workloads)).flatMap(({ id, path, object, pod }) => {
      const stays = (pod.tolerations ?? [])
        .filter(({ key = '' }) => /^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key))
        .map(({ tolerationSeconds }) => tolerationSeconds ?? Number.POSITIVE_INFINITY);
      const [holds, wanted] =
        object.kind === 'StatefulSet'
          ? [stays.length === 0, 'leave lost nodes alone, as its volume stays there']
          : [
              stays.length === 2 && stays.every((seconds) => seconds <= LONGEST_STAY),
              `hold not-ready and unreachable for at most ${LONGEST_STAY} s`,
            ];
      return breachUnless(holds, id, `${path}.tolerations must ${wanted}, got ${show(stays)}`);
    }),
};

export const workerLaws: readonly Law[] = [grace, softLimit, visibility, commands, lostNodes];
