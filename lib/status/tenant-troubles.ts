// What is wrong with a tenant, in the words and with the limits of the alerts that are about the same.

import { ALERT_LIMITS } from '../observe/limits';
import { workerName } from '../plan/celery/workers';
import type { ResolvedPool, ResolvedTenant } from '../spec';
import { objectiveOf } from '../spec/resolve-monitoring';
import { shortTime } from './durations';
import type { BeatStatus, PoolStatus, QueueStatus, Trouble } from './status';
import type { TenantFacts } from './tenants';

export function tenantTroubles(tenant: ResolvedTenant, facts: TenantFacts): readonly Trouble[] {
  return [
    ...facts.pools.flatMap(ofPool),
    ...facts.queues.flatMap((queue) => ofQueue(tenant, facts, queue)),
    ...inHand(facts),
    ...(facts.beat ? ofBeat(facts.beat) : []),
    ...letters(facts),
  ];
}

function ofPool({ name, ready, wanted, away, deaf }: PoolStatus): Trouble[] {
  if (ready >= wanted && away.length === 0) return [];
  const who = away.length === 0 ? 'no pod is there for the others' : away.join(', ');
  return [
    {
      state: ready === 0 && wanted > 0 ? 'critical' : 'warning',
      ...(deaf && { alert: 'WorkerDeaf' }),
      text: `${name}: ${ready} of ${wanted} consume; ${who}`,
    },
  ];
}

function ofQueue(
  tenant: ResolvedTenant,
  { pools }: TenantFacts,
  { name, waiting = 0, oldest = 0 }: QueueStatus,
): Trouble[] {
  const { depth, wait } = objectiveOf(tenant, name);
  const consumers = tenant.workers.filter(({ queues }) => queues.includes(name));
  return [
    ...(waiting > 0 ? withoutConsumer(name, consumers, pools) : []),
    ...(oldest > wait
      ? [
          trouble(
            'critical',
            'QueueWaitsTooLong',
            `queue ${name}: the next task waits for ${shortTime(oldest)}, more than ${shortTime(wait)}`,
          ),
        ]
      : []),
    ...(waiting > depth
      ? [trouble('warning', 'QueueTooDeep', `queue ${name}: ${waiting} tasks wait, more than ${depth}`)]
      : []),
  ];
}

const trouble = (state: Trouble['state'], alert: string, text: string): Trouble => ({ state, alert, text });

/** Where an autoscaler starts the first pod, it needs a moment. */
function withoutConsumer(
  name: string,
  consumers: readonly ResolvedPool[],
  pools: readonly PoolStatus[],
): Trouble[] {
  const names = consumers.map(workerName);
  const found = pools.filter((pool) => names.includes(pool.name));
  if (found.length === 0 || found.some(({ ready }) => ready > 0)) return [];
  const state = found.some(({ atRest }) => atRest) ? 'warning' : 'critical';
  return [trouble(state, 'QueueWithoutConsumer', `queue ${name}: tasks wait, and no worker consumes it`)];
}

function inHand({ inHand: held }: TenantFacts): Trouble[] {
  if (held?.oldest === undefined || held.oldest <= held.visibilityTimeout + ALERT_LIMITS.overdue) return [];
  const text = `a task is in hand for ${shortTime(held.oldest)}, beyond the visibility timeout of ${shortTime(held.visibilityTimeout)}, and nobody gives it to another worker`;
  return [trouble('critical', 'TaskInHandTooLong', text)];
}

function ofBeat({ ready, wanted, lastTick }: BeatStatus): Trouble[] {
  const silent = (text: string): Trouble[] => [trouble('critical', 'BeatSilent', text)];
  if (ready > 1)
    return [{ state: 'critical', text: `${ready} beats are ready: everything is sent ${ready} times` }];
  if (wanted === 0) return silent('beat is scaled to 0: nothing is scheduled');
  if (ready === 0) return silent('beat is not ready: nothing is scheduled');
  return lastTick !== undefined && lastTick > ALERT_LIMITS.beatSilent
    ? silent(`the last tick of beat was ${shortTime(lastTick)} ago`)
    : [];
}

const letters = ({ deadLetters = 0 }: TenantFacts): Trouble[] =>
  deadLetters === 0
    ? []
    : [
        {
          state: 'warning',
          text: `${deadLetters} dead letters: tasks that are not begun any more (docs/operating.md#a-task-that-kills-its-worker)`,
        },
      ];
