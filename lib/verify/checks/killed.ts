// Checks: the task of a killed process, and of a killed pod, is finished by another.

import { POD } from '../../cluster';
import type { ResolvedPool } from '../../spec';
import { durationText } from '../../spec/units';
import { askTenant, MARGIN } from '../ask';
import { judged, skipped } from '../section';
import type { About, CheckOutcome } from '../section';
import type { TenantHere, World } from '../world';

/** Seconds that the task works: long enough to be found in a worker's hands. */
const WORK = 15;

/** The same where the pool's limits end a task earlier. */
export const workOf = ({ soft }: Pick<ResolvedPool, 'soft'>): number => Math.max(1, Math.min(WORK, soft - 1));

/** Seconds beyond the visibility timeout until a worker looks for what is overdue (measured: 103 s after one of 10 s). */
const RESTORE = 100;

export interface Held {
  readonly id: string;
  readonly pod: string;
  readonly process: number;
  /** When this process began it, in seconds. */
  readonly started: number;
}

export interface Finished {
  readonly pod: string;
  readonly seconds: number;
  /** When the run that finished it began. */
  readonly started: number;
}

/** Why a lost task could not be seen to come back, or would not. */
function hopeless({ tenant }: TenantHere): string | undefined {
  if (tenant.delivery === 'at-most-once')
    return 'delivery is at-most-once: the task of a killed worker is lost, as asked for';
  if (tenant.results.backend === 'none')
    return 'the app keeps no results, by which the end of a task would be seen';
  return undefined;
}

export async function killProcess(
  world: World,
  here: TenantHere,
  pool: ResolvedPool,
  about: About,
): Promise<CheckOutcome> {
  const why =
    hopeless(here) ??
    (pool.pool === 'prefork' ? undefined : `a ${pool.pool} pool has no process for each task`);
  if (why !== undefined) return skipped(about, why);
  const held = await started(world, here, pool);
  await world.cluster.exec(
    { namespace: here.tenant.namespace, pod: held.pod, container: `worker-${pool.name}` },
    { argv: ['sh', '-c', `kill -9 ${held.process}`], timeoutSeconds: MARGIN },
  );
  return finished(world, here, { about, held, within: world.options.maxWait });
}

export async function killPod(
  world: World,
  here: TenantHere,
  pool: ResolvedPool,
  about: About,
): Promise<CheckOutcome> {
  const { visibilityTimeout } = here.tenant;
  const due = visibilityTimeout + RESTORE + WORK;
  const why =
    hopeless(here) ??
    (due > world.options.maxWait
      ? `it is given to another worker ${durationText(visibilityTimeout)} (the visibility timeout) and up to ${RESTORE} s after the kill; --max-wait ${due}s would wait for it`
      : undefined);
  if (why !== undefined) return skipped(about, why);
  const held = await started(world, here, pool);
  await world.cluster.delete(
    { ...POD, namespace: here.tenant.namespace, name: held.pod },
    { graceSeconds: 0 },
  );
  return finished(world, here, { about, held, within: due });
}

/** A task in the hands of a worker of this pool. */
const started = (world: World, here: TenantHere, pool: ResolvedPool): Promise<Held> =>
  askTenant<Held>(world, here, {
    from: ['worker'],
    question: 'hold',
    argument: { queue: pool.queues[0], work: workOf(pool), seconds: world.options.maxWait },
    seconds: world.options.maxWait + MARGIN,
  });

interface Waited {
  readonly about: About;
  readonly held: Held;
  readonly within: number;
}

async function finished(
  world: World,
  here: TenantHere,
  { about, held, within }: Waited,
): Promise<CheckOutcome> {
  const done = await askTenant<Finished>(world, here, {
    from: ['web', 'worker'],
    question: 'result',
    argument: { id: held.id, seconds: within },
    seconds: within + MARGIN,
  });
  return survived(about, held, done);
}

/** What a worker and its process say of the same moment differs by less, in seconds. */
const SAME = 0.5;

/** The run that finished the task has to be another than the one that was killed. */
export function survived(about: About, held: Held, { pod, seconds, started: at }: Finished): CheckOutcome {
  if (at < held.started + SAME) {
    const why = 'the task ended before the kill reached it, which shows nothing; try again';
    return skipped(about, `${why}, or give the pool a longer timeLimit`);
  }
  const killed = about.id === 'disruption.pod' ? held.pod : `process ${held.process} of ${held.pod}`;
  return judged(about, true, `${killed} was killed, ${pod} finished its task after ${Math.round(seconds)} s`);
}
