// Priorities: what kombu can find again, and what the tenants of a group share.

import { byKey, onShared } from './cross';
import type { CrossRule } from './cross';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';

/** kombu takes the step before the next higher one: without 0, a message without a priority has none. */
const steps = ({ priorities: { steps: all } }: ResolvedTenant): readonly Finding[] => {
  const sorted = [...all].sort((a, b) => a - b);
  return unless(all[0] === 0 && all.every((step, i) => step === sorted[i]), () => ({
    path: ['priorities', 'steps'],
    wanted: 'begin with 0, which is served first, and rise',
    got: show(all),
    fix: `write ${show([...new Set([0, ...sorted])])}`,
  }));
};

/** A worker would take `jobs:3` for the queue `jobs`, and lose the message. */
const separatorInNames = ({ priorities: { separator } }: ResolvedTenant, asked: Tenant): readonly Finding[] =>
  namesOf(asked).flatMap(([path, name]) =>
    unless(!name.includes(separator), () => ({
      path,
      wanted: `not hold ${show(separator)}, which parts a queue from the priority of its lists`,
      got: show(name),
      fix: 'rename the queue, or use another priorities.separator',
    })),
  );

const namesOf = ({ workers, beat }: Tenant): readonly (readonly [Path, string])[] => [
  ...Object.entries(workers ?? {}).flatMap(([pool, { queues = [] }]) =>
    queues.map((queue, i) => [['workers', pool, 'queues', i], queue] as const),
  ),
  ...Object.entries(beat?.schedule ?? {}).flatMap(([entry, { queue }]) =>
    queue === undefined ? [] : [[['beat', 'schedule', entry, 'queue'], queue] as const],
  ),
];

export const priorityRules: readonly Rule[] = [
  { what: 'steps of priorities begin with 0 and rise', of: steps },
  { what: 'no queue holds the separator of priorities', of: separatorInNames },
];

/** One pool may serve them all, and it knows one row of lists. */
export const onePriorities: CrossRule = (everybody) => {
  const grouped = onShared(everybody).filter(({ broker }) => broker.group !== undefined);
  return [...byKey(grouped, ({ broker }) => `${broker.name} ${broker.group}`).values()].flatMap(
    ([first, ...others]) =>
      others
        .filter(({ priorities }) => JSON.stringify(priorities) !== JSON.stringify(first?.priorities))
        .map(({ name, priorities }) => ({
          tenant: name,
          path: ['priorities'],
          wanted: `be ${show(first?.priorities)} like those of tenant "${first?.name}", as one pool may serve a group`,
          got: show(priorities),
          fix: 'write the same priorities in all of them, or none',
        })),
  );
};
