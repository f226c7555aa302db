// Autoscalers: by queue length, CPU or memory.

import { durationText } from '../../spec/units';
import type { JsonRecord } from '../../kube/json';
import { listAt, numberAt, recordAt, textAt, withoutHoles } from '../pick';
import { secondsOfText } from '../read/quantities';
import type { Scaler } from '../facts';
import { lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import type { Writing } from './context';

export const scalingOf = ({ inventory }: Writing, { pod }: Unit): Scaler | undefined =>
  inventory.scalers.find(({ target }) => target === pod.name);

export function writeScaling({ sheet }: Writing, scaler: Scaler, path: SheetPath): void {
  const { source, min, max, queueLength, utilization, memory, cooldown, behavior } = scaler;
  for (const left of scaler.leftOut) lose(sheet, source, left);
  const at = [...path, 'scaling'];
  if (queueLength !== undefined) {
    const seconds = cooldown === undefined ? undefined : durationText(cooldown);
    say(sheet, at, withoutHoles({ min, max, queueLength, utilization, memory, cooldown: seconds }), source);
    sheet.environment.add(`peers.keda: the pods of KEDA (${source})`);
    return;
  }
  if (utilization === undefined && memory === undefined)
    return lose(sheet, source, {
      what: 'what it follows',
      why: 'no CPU, memory or length of queues in it',
      nearest: 'scaling',
    });
  say(
    sheet,
    at,
    withoutHoles({ min: Math.max(1, min), max, utilization, memory, behavior: behaviorOf(behavior) }),
    source,
  );
}

const behaviorOf = (behavior: JsonRecord | undefined): JsonRecord | undefined => {
  const value = withoutHoles({
    up: speedOf(recordAt(behavior, 'scaleUp')),
    down: speedOf(recordAt(behavior, 'scaleDown')),
  });
  return Object.keys(value).length > 0 ? value : undefined;
};

/** One policy of each kind, of the first one's time. */
function speedOf(side: JsonRecord): JsonRecord | undefined {
  const policies = listAt(side, 'policies');
  const of = (type: string): number | undefined =>
    numberAt(
      policies.find((one) => textAt(one, 'type') === type),
      'value',
    );
  const value = withoutHoles({
    stabilization: secondsOfText(numberAt(side, 'stabilizationWindowSeconds')),
    pods: of('Pods'),
    percent: of('Percent'),
    every: secondsOfText(numberAt(policies[0], 'periodSeconds')),
  });
  return Object.keys(value).length > 0 ? value : undefined;
}
