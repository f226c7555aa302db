// The words in which consequences are told, the same in every form of output.

import type { SharedReason, Values } from './group';
import type { Change, Diff, Type } from './model';

/** What each type is called, and what a reader should know about it. */
export const TITLES: Readonly<Record<Type, readonly [title: string, meaning: string]>> = {
  'cannot-apply': ['Cannot be applied', 'the API server refuses these changes; do this instead'],
  'cannot-read': ['Redis cannot read its data', 'it would not start; do this instead'],
  'data-loss': [
    'Data would be lost',
    'see docs/removal.md for how to remove it, and docs/upgrades.md for another topology',
  ],
  namespace: ['Namespaces change', 'everything in them is created again, empty'],
  arrives: ['Arrive', ''],
  leaves: ['Leave', ''],
  broker: ['Tenants change their broker', 'while their apps run; in these steps (docs/move.md)'],
  topology: ['Topology changes', 'in place, with its data; in this order (docs/upgrades.md)'],
  restarts: [
    'Redis restarts',
    'clients lose it for the seconds of its start; what it accepted stays (docs/operating.md)',
  ],
  rolls: ['Pods roll', 'workers finish their tasks first, within their grace period (docs/operating.md)'],
  runs: ['Jobs run', 'pods that wait for a migration start after it'],
  'next-run': ['Next runs differ', 'a run that is going ends as it began'],
  scales: ['Number of pods', ''],
  grows: ['Claims grow', ''],
  moves: ['Applied from another folder', ''],
  reloads: ['Read without a restart', ''],
  reached: ['Reached from outside', 'requests for a host and path that go find nobody'],
};

/** What a person has to decide on; the rest happens by itself. */
export const STOPS: ReadonlySet<Type> = new Set<Type>([
  'cannot-apply',
  'cannot-read',
  'data-loss',
  'namespace',
  'broker',
]);

/** `image: a:1 → a:2`; different values of many are counted. */
export function reasonText({ what, values }: SharedReason): string {
  const [first, ...others] = values;
  if (first === undefined || isEmpty(first)) return what;
  if (others.length === 0) return `${what}${valueText(first)}`;
  return `${what}: ${values.length} different values, such as ${valueText(first).replace(/^: /, '')}`;
}

const isEmpty = ({ before, after }: Values): boolean => before === undefined && after === undefined;

export function valueText({ before, after }: Pick<Values, 'before' | 'after'>): string {
  if (before === undefined) return after === undefined ? '' : `: added ${after}`;
  return after === undefined ? `: removed ${before}` : `: ${before} → ${after}`;
}

export function changeCounts(changes: readonly Change[]): Readonly<Record<Change['how'], number>> {
  const count = (how: Change['how']): number => changes.filter((change) => change.how === how).length;
  return {
    added: count('added'),
    changed: count('changed'),
    removed: count('removed'),
    moved: count('moved'),
  };
}

/** `214 changed, 2 added`. */
export function summaryOf({ changes }: Diff): string {
  const counts = Object.entries(changeCounts(changes)).filter(([, count]) => count > 0);
  return counts.length === 0 ? 'no differences' : counts.map(([how, count]) => `${count} ${how}`).join(', ');
}

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
