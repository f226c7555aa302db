// Checks: a task on every queue is executed, and what lies in each queue is as Celery builds it.

import { askTenant, isError, MARGIN, readyPod } from '../ask';
import type { Answer } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
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
    }
  },
};

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
    Record<string, { readonly waiting: Readonly<Record<string, number>>; readonly bound: boolean }>
  >;
  readonly unacked: number;
}

/** Where the first reference system raises its alarm. */
const DEEP = 500;

async function structure(world: World, here: TenantHere): Promise<CheckOutcome[]> {
  const about = { id: 'queues.structure', subject: here.tenant.name, expected: 'lists, bound' };
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
  return Object.entries(found).map(([queue, { waiting, bound }]) => {
    const lists = Object.entries(waiting).filter(([, count]) => count > 0);
    const depth = lists.reduce((sum, [, count]) => sum + count, 0);
    const spread = lists.map(([step, count]) => `${count} of priority ${step}`).join(', ');
    const about = {
      id: 'queues.structure',
      subject: `${tenant.name} queue ${queue}`,
      expected: `bound, fewer than ${DEEP} waiting`,
    };
    const text = `${bound ? 'bound' : 'not bound'}, ${depth} waiting${spread === '' ? '' : ` (${spread})`}, ${unacked} of the tenant in flight`;
    return judged(
      about,
      bound && depth < DEEP,
      text,
      'add workers or concurrency, or find what sends so much',
    );
  });
}
