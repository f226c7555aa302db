// Worker pools: what they consume, how long their tasks may take, how they scale.

import type { ResolvedPool } from '../resolved';
import { durationText } from '../units';
import type { Tenant } from '../tenant';
import type { QueueScaling } from '../scaling';
import type { WorkerPool } from '../worker';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

export type PoolRule = (pool: ResolvedPool, asked: WorkerPool, path: Path) => readonly Finding[];

export const eachPool =
  (rule: PoolRule): Rule['of'] =>
  ({ workers }, asked: Tenant) =>
    workers.flatMap((pool) => {
      const own = asked.workers?.[pool.name];
      return own === undefined ? [] : rule(pool, own, ['workers', pool.name]);
    });

/** The prop that says how long a task may take. */
export const limitOf = ({ limited }: Pick<ResolvedPool, 'limited'>): string =>
  limited ? 'timeLimit' : 'longestTask';

const softBelowHard: PoolRule = ({ soft, hard }, _, path) =>
  unless(soft < hard, () => ({
    path: [...path, 'timeLimit', 'soft'],
    wanted: `be under the hard limit of ${show(durationText(hard))}`,
    got: show(durationText(soft)),
    fix: 'lower soft, or leave it out',
  }));

const limitsOnlyInPrefork: PoolRule = ({ pool }, { timeLimit }, path) =>
  unless(pool === 'prefork' || timeLimit === undefined, () => ({
    path: [...path, 'timeLimit'],
    wanted: `not be given with pool ${show(pool)}, which cannot end a task`,
    got: show(timeLimit),
    fix: 'say how long a task takes with longestTask, or use pool "prefork"',
  }));

const oneOfTheTwo: PoolRule = ({ limited }, { longestTask, timeLimit }, path) =>
  unless(!limited || longestTask === undefined, () => ({
    path: [...path, 'longestTask'],
    wanted: 'not be given beside timeLimit, at which pool "prefork" ends a task',
    got: show(longestTask),
    fix: `remove it, or remove timeLimit (${show(timeLimit)}), and nothing ends a task`,
  }));

const soloIsAlone: PoolRule = ({ pool }, { concurrency = 1 }, path) =>
  unless(pool !== 'solo' || concurrency === 1, () => ({
    path: [...path, 'concurrency'],
    wanted: 'be 1 with pool "solo", which runs one task at a time',
    got: show(concurrency),
    fix: 'raise replicas, or use pool "prefork"',
  }));

const differentQueues: PoolRule = ({ queues }, { queues: typed = [] }, path) => {
  const repeated = queues.find((queue, index) => queues.indexOf(queue) !== index);
  return unless(repeated === undefined, () => ({
    path: [...path, 'queues'],
    wanted: 'be different queues on the broker',
    got: `${show(typed)}, two of which are ${show(repeated)}`,
    fix: 'remove one of them',
  }));
};

const staggerUpwards: PoolRule = ({ stagger }, { stagger: typed }, path) =>
  unless(stagger === undefined || stagger.min <= stagger.max, () => ({
    path: [...path, 'stagger', 'min'],
    wanted: `be at most max, which is ${show(typed?.max)}`,
    got: show(typed?.min),
    fix: 'swap them',
  }));

export const scalingUpwards = (
  scaling: { readonly min: number; readonly max: number } | undefined,
  path: Path,
): readonly Finding[] =>
  unless(scaling === undefined || scaling.min <= scaling.max, () => ({
    path: [...path, 'scaling', 'min'],
    wanted: `be at most max, which is ${scaling?.max}`,
    got: show(scaling?.min),
    fix: 'raise max or lower min',
  }));

const cooldownOverGrace: PoolRule = ({ limited, scaling, grace, hard }, { scaling: typed }, path) =>
  unless(
    scaling === undefined || !('cooldownSeconds' in scaling) || scaling.cooldownSeconds >= grace,
    () => ({
      path: [...path, 'scaling', 'cooldown'],
      wanted: `be at least ${show(durationText(grace))}, as a task may run ${durationText(hard)} and needs ${durationText(grace - hard)} to end`,
      got: show((typed as QueueScaling | undefined)?.cooldown),
      fix: `raise cooldown or lower ${limitOf({ limited })}`,
    }),
  );

export const workerRules: readonly Rule[] = [
  { what: 'a soft limit comes before the hard one', of: eachPool(softBelowHard) },
  { what: 'only prefork has time limits', of: eachPool(limitsOnlyInPrefork) },
  { what: 'a pool with limits says its longest task by them', of: eachPool(oneOfTheTwo) },
  { what: 'a solo pool has one process', of: eachPool(soloIsAlone) },
  { what: 'queues of a pool differ on the broker', of: eachPool(differentQueues) },
  { what: 'stagger runs from min to max', of: eachPool(staggerUpwards) },
  {
    what: 'scaling runs from min to max',
    of: (tenant, asked) => [
      ...eachPool(({ scaling }, _, path) => scalingUpwards(scaling, path))(tenant, asked),
      ...scalingUpwards(tenant.web?.scaling, ['web']),
      ...tenant.processes.flatMap((process) =>
        scalingUpwards('scaling' in process ? process.scaling : undefined, ['processes', process.name]),
      ),
    ],
  },
  { what: 'the last pod goes after its last task', of: eachPool(cooldownOverGrace) },
  {
    what: 'scaling by queue length has KEDA',
    of: (tenant, asked) =>
      eachPool(({ scaling }, _, path) =>
        unless(
          scaling === undefined || !('queueLength' in scaling) || tenant.environment.peers.keda !== undefined,
          () => ({
            path: [...path, 'scaling', 'queueLength'],
            wanted: `not be given where the environment has no KEDA`,
            got: show(scaling && 'queueLength' in scaling ? scaling.queueLength : undefined),
            fix: 'set peers.keda of the environment, or scale by { min, max, utilization }',
          }),
        ),
      )(tenant, asked),
  },
];
