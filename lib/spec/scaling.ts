// How pods follow the load: by what they use, or by the tasks that wait for them.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { duration, whole } from './rules/kinds';
import { formBy, passing } from './rules/kind';
import type { Form } from './rules/kind';
import { isRecord } from '../kube/json';
import { marked } from './rules/shapes';

/** How fast the number of pods changes in one direction. Without `pods` and `percent`, as fast as Kubernetes likes. */
export interface ScalingSpeed extends Contract, PropsOf<typeof speed> {}

const speed = props({
  /**
   * Of all that was recommended in this time, the least change is made: so long a pod stays after the load has gone.
   * @default - none up, five minutes down
   */
  stabilization: optional(duration('0s', '1h')),

  /**
   * Most pods that come or go in `every`.
   * @default - no limit by number
   */
  pods: optional(whole(1)),

  /**
   * Most pods that come or go in `every`, in percent of those that there are. With `pods`, the one that allows more.
   * @default - no limit by share
   */
  percent: optional(whole(1)),

  /**
   * Time in which they come or go.
   * @default - a minute
   */
  every: optional(duration('1s', '30m')),
});

/** As `behavior` of a HorizontalPodAutoscaler, which KEDA makes too. */
export interface ScalingBehavior extends Contract, PropsOf<typeof behavior> {}

const behavior = props({
  /**
   * When pods are added.
   * @default - at once: Kubernetes doubles them, or adds four
   */
  up: optional<ScalingSpeed>(speed),

  /**
   * When pods are taken away.
   * @default - after five minutes with less load
   */
  down: optional<ScalingSpeed>(speed),
});

const bounds = {
  /** Most pods. */
  max: required(whole(1)),

  /**
   * How fast pods come and go.
   * @default - at once when they are needed, after five minutes when they are not
   * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
   */
  behavior: optional<ScalingBehavior>(behavior),
};

const usage = {
  /**
   * Percent of the requested CPU.
   * @default - CPU does not count
   */
  utilization: optional(whole(1)),

  /**
   * Percent of the requested memory. Python gives little of it back, so that pods come and seldom go.
   * @default - memory does not count
   */
  memory: optional(whole(1)),
};

/**
 * KEDA: as many pods as the tasks of this pool need, those that wait in its queues and those in the hands of its workers.
 * Tasks with an ETA to come count as one together: one pod holds them.
 * @see docs/keda.md
 */
export interface QueueScaling extends Contract, PropsOf<typeof queueScaling> {}

const queueScaling = props({
  /** Fewest pods; 0 is allowed. */
  min: required(whole(0)),
  ...bounds,
  /** Tasks, waiting or running, for each pod. A pod runs `concurrency` of them at a time. */
  queueLength: required(whole(1)),
  ...usage,

  /**
   * Quiet time before the last pod goes; at least the pool's grace period.
   * @default - the pool's grace period, at least 5 minutes
   */
  cooldown: optional(duration()),
});

/**
 * HorizontalPodAutoscaler: as many pods as keep CPU, memory or both near a share of what they request. The rule that asks
 * for most pods wins.
 */
export interface UsageScaling extends Contract, PropsOf<typeof byUsage> {}

const byUsage = props({
  /** Fewest pods, at least 1. */
  min: required(whole(1)),
  ...bounds,
  ...usage,
});

const isWithoutRule = (value: unknown): boolean =>
  isRecord(value) && value.utilization === undefined && value.memory === undefined;

const ruled = passing((value) => !isWithoutRule(value), {
  wanted: 'say what pods are added for',
  fix: 'add utilization, memory or both, in percent of what pods request: utilization: 70',
});

/** With one rule at least; a misspelt one is told by its name. */
export const usageScaling: Form<UsageScaling> = formBy((value) => {
  const found = byUsage(value);
  return found.length > 0 ? found : ruled(value);
}, byUsage.shape);

/** `utilization`, and how other autoscalers call it. */
const isByUsage = (value: unknown): boolean =>
  isRecord(value) &&
  value.queueLength === undefined &&
  Object.keys(value).some((key) => /^(utili[sz]ation|cpu|memory|target.*|average.*|.*percent.*)$/i.test(key));

export const poolScaling: Form<QueueScaling | UsageScaling> = marked(
  { queueLength: queueScaling, utilization: usageScaling },
  (value) => (isByUsage(value) ? 'utilization' : 'queueLength'),
);
