// Checks: a task on every queue is executed, each queue is as Celery builds it, and no task has been given up.

import type { ResolvedTenant } from '../../spec';
import { askTenant, isError, MARGIN, readyPod } from '../ask';
import type { Answer } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { sideName } from '../world';
import type { TenantHere, World } from '../world';
import { isAwake, restingPools } from './rest';

export const queueChecks: SectionOfChecks = {
  id: 'queues',
  title: 'Queues: a task executed on each, structure and depth',
  async *run(world) {
    for (const here of world.tenants) {
      const { name } = here.tenant;
      yield* guarded({ id: 'queues.probe', subject: name, expected: 'a task executed on each queue' }, () =>
        probes(world, here),
      );
      yield* guarded({ id: 'queues.structure', subject: name, expected: 'lists, bound' }, () =>
        structure(world, here),
      );
      yield* guarded({ id: 'queues.dead-letters', subject: name, expected: NO_LETTERS }, async () => [
        await deadLetters(world, here),
      ]);
      if (here.old !== undefined) yield* onOldSide(world, here.old);
    }
  },
};

/** Nothing is sent there any more, so that no probe is either. */
async function* onOldSide(world: World, old: TenantHere): AsyncGenerator<CheckOutcome> {
  const subject = sideName(old.tenant);
  yield* guarded({ id: 'queues.structure', subject, expected: 'lists, bound' }, () => structure(world, old));
  yield* guarded({ id: 'queues.dead-letters', subject, expected: NO_LETTERS }, async () => [
    await deadLetters(world, old),
  ]);
}

interface Executed {
  /** Empty where the app keeps no results and the workers' own count was asked. */
  readonly pod: string;
  readonly seconds: number;
}

export const queuesOf = ({ tenant }: TenantHere): readonly string[] => [
  ...new Set(tenant.workers.flatMap(({ queues: names }) => names)),
];

/** Whose pods send a task, in the order of preference. */
const SENDERS = ['web', 'worker', 'beat'];

async function nobodySends(world: World, here: TenantHere): Promise<boolean> {
  const senders = here.workloads.filter(({ component }) => SENDERS.includes(component));
  return (await restingPools(world, here)).length > 0 && (await readyPod(world, senders)) === undefined;
}

async function probes(world: World, here: TenantHere): Promise<CheckOutcome[]> {
  const { maxWait } = world.options;
  if (await nobodySends(world, here)) {
    const about = {
      id: 'queues.probe',
      subject: here.tenant.name,
      expected: 'a task executed on each queue',
    };
    return [skipped(about, 'its pools are at rest: no pod of the app is there to send from')];
  }
  const answers = await askTenant<Readonly<Record<string, Answer<Executed>>>>(world, here, {
    from: SENDERS,
    question: 'probe',
    argument: { queues: queuesOf(here), seconds: maxWait },
    seconds: maxWait + MARGIN,
  });
  return queuesOf(here).map((queue) => probed(here, queue, answers[queue], maxWait));
}

export function probed(
  { tenant }: Pick<TenantHere, 'tenant'>,
  queue: string,
  answer: Answer<Executed> | undefined,
  maxWait: number,
): CheckOutcome {
  const pools = tenant.workers
    .filter((pool) => pool.queues.includes(queue))
    .map(({ name }) => `worker-${name}`);
  const about = {
    id: 'queues.probe',
    subject: `${tenant.name} queue ${queue}`,
    expected: `stalk.probe executed within ${maxWait} s by ${pools.join(' or ')}`,
  };
  if (answer === undefined || isError(answer))
    return judged(
      about,
      false,
      answer?.error ?? 'no answer',
      'look at the depth of the queue and at the workers below: they may be busy, away, or refused by Redis',
    );
  const right = answer.pod === '' || pools.some((pool) => answer.pod.startsWith(`${pool}-`));
  const who = answer.pod === '' ? 'a worker, by its own count' : answer.pod;
  return judged(
    about,
    right,
    `executed by ${who} in ${answer.seconds.toFixed(2)} s`,
    'a stranger consumes this queue',
  );
}

interface Structure {
  readonly queues: Readonly<
    Record<
      string,
      {
        readonly waiting: Readonly<Record<string, number>>;
        readonly bound: boolean;
        /** Messages in lists of priorities that the workers do not take from. */
        readonly astray: number;
      }
    >
  >;
  readonly unacked: number;
}

/** Where the first reference system raises its alarm. */
const DEEP = 500;

async function structure(world: World, here: TenantHere): Promise<CheckOutcome[]> {
  const about = { id: 'queues.structure', subject: sideName(here.tenant), expected: 'lists, bound' };
  if (here.tenant.workers.length === 0) return []; // it only produces, or a pool of its group works for it
  if (!(await isAwake(world, here)))
    return [skipped(about, 'its pools are at rest: no worker is there to ask')];
  const answer = await askTenant<Structure>(world, here, {
    from: ['worker'],
    question: 'queues',
    argument: queuesOf(here),
    seconds: MARGIN,
  });
  return structured(here, answer);
}

export function structured(
  { tenant }: Pick<TenantHere, 'tenant'>,
  { queues: found, unacked }: Structure,
): CheckOutcome[] {
  return Object.entries(found).map(([queue, { waiting, bound, astray }]) => {
    const lists = Object.entries(waiting).filter(([, count]) => count > 0);
    const depth = lists.reduce((sum, [, count]) => sum + count, 0);
    const spread = lists.map(([step, count]) => `${count} of priority ${step}`).join(', ');
    const about = {
      id: 'queues.structure',
      subject: `${sideName(tenant)} queue ${queue}`,
      expected: `bound, fewer than ${DEEP} waiting`,
    };
    const lost = astray === 0 ? '' : `, ${astray} in lists of other priorities, which nobody takes`;
    const text = `${bound ? 'bound' : 'not bound'}, ${depth} waiting${spread === '' ? '' : ` (${spread})`}${lost}, ${unacked} of the tenant in flight`;
    return judged(
      about,
      bound && depth < DEEP && astray === 0,
      text,
      astray === 0
        ? 'add workers or concurrency, or find what sends so much'
        : 'write in priorities of the tenant what its producers use',
    );
  });
}

const NO_LETTERS = 'no dead letters: no task that is not begun any more';

/** Tasks that the workers have given up. */
export interface DeadLetters {
  readonly count: number;
  readonly dropped: number;
  readonly oldest: readonly string[];
}

async function deadLetters(world: World, here: TenantHere): Promise<CheckOutcome> {
  if (await nobodySends(world, here)) {
    const about = { id: 'queues.dead-letters', subject: sideName(here.tenant), expected: NO_LETTERS };
    return skipped(about, 'its pools are at rest: no pod of the app is there to ask');
  }
  const question = { from: ['worker', 'beat', 'web'], question: 'letters', argument: null, seconds: MARGIN };
  return noDeadLetters(here, await askTenant<DeadLetters>(world, here, question));
}

export function noDeadLetters(
  { tenant }: Pick<TenantHere, 'tenant'>,
  { count, dropped, oldest }: DeadLetters,
): CheckOutcome {
  const about = { id: 'queues.dead-letters', subject: sideName(tenant), expected: NO_LETTERS };
  const text = [
    `${count} dead letters`,
    ...(dropped > 0 ? [`${dropped} more had no room and are in the workers’ logs`] : []),
    ...oldest,
  ].join('; ');
  return judged(
    about,
    count === 0 && dropped === 0,
    text,
    tenant.broker.isLeft === true
      ? `bring them to the new side, and decide there: ${inPod(tenant)} carry`
      : `each killed its process or its pod again and again: mend the task or give the pool more memory; then send it again or drop it: ${inPod(tenant)} dead-letters send|drop <id>|all`,
  );
}

function inPod({ namespace, workers: [pool] }: ResolvedTenant): string {
  const name = pool ? `worker-${pool.name}` : 'beat';
  return `kubectl exec -n ${namespace} deploy/${name} -- python3 /opt/stalk/stalk_celery.py`;
}
