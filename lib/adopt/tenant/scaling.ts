// Autoscalers: by queue length, CPU or memory.

import { durationText } from '../../spec/units';
import { withoutHoles } from '../pick';
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
    say(sheet, at, withoutHoles({ min, max, queueLength, cooldown: seconds }), source);
    sheet.environment.add(`peers.keda: the pods of KEDA (${source})`);
    if (utilization !== undefined || memory !== undefined)
      lose(sheet, source, {
        what: 'CPU or memory beside the length of queues',
        why: 'a pool follows one of them',
        nearest: 'scaling',
      });
    return;
  }
  if (utilization === undefined && memory === undefined)
    return lose(sheet, source, {
      what: 'what it follows',
      why: 'no CPU, memory or length of queues in it',
      nearest: 'scaling',
    });
  say(sheet, at, withoutHoles({ min: Math.max(1, min), max, utilization, memory, behavior }), source);
}
