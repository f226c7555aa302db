// What is said of a snapshot, before a restore starts, and after it.

import { shortTime } from '../status/durations';
import { tableLines } from '../status/table';
import { messagesOf, waitingMessages } from './counted';
import type { CountedWork } from './counted';
import type { HeldSnapshot, Snapshot } from './snapshot';

const PLAIN = { colour: false } as const;

const second = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

export const ageOf = ({ time }: Pick<Snapshot, 'time'>, now: Date): number =>
  Math.max(0, (now.getTime() - Date.parse(time)) / 1000);

const ago = (one: Pick<Snapshot, 'time'>, now: Date): string => shortTime(ageOf(one, now));

export const snapshotLines = (all: readonly Snapshot[], now: Date): readonly string[] =>
  tableLines(
    [
      { title: 'SNAPSHOT' },
      { title: 'TAKEN' },
      { title: 'AGO', right: true },
      { title: 'KEYS', right: true },
    ],
    all.map((one) => ({
      cells: [one.id, second(one.time), ago(one, now), one.keys === undefined ? '-' : String(one.keys)],
    })),
    PLAIN,
  );

export const headline = (broker: string, held: HeldSnapshot, now: Date): string =>
  `Snapshot ${held.id} of broker ${broker}, taken ${second(held.time)}, ${ago(held, now)} ago: ` +
  `${held.loaded} keys${held.expired > 0 ? `, and ${held.expired} whose time is over` : ''}`;

const STRANGERS = '(no tenant of the list)';

/** A row for each queue, and below them what else a tenant has. */
export const countedLines = (all: readonly CountedWork[], now: Date): readonly string[] =>
  tableLines(
    [
      { title: 'TENANT' },
      { title: 'QUEUE' },
      { title: 'MESSAGES', right: true },
      { title: 'OLDEST', right: true },
    ],
    all.flatMap((one) => rowsOf(one, now)),
    PLAIN,
  );

function rowsOf(one: CountedWork, now: Date) {
  const tenant = one.tenant ?? STRANGERS;
  const queues = one.queues.map(({ queue, messages, since }) => [
    queue,
    String(messages),
    since === undefined ? '-' : shortTime(Math.max(0, now.getTime() / 1000 - since)),
  ]);
  const notes = besides(one);
  const rows = queues.length === 0 ? [['-', '0', '-']] : queues;
  return rows.map((cells, i) => ({
    cells: [i === 0 ? tenant : '', ...cells],
    ...(i === rows.length - 1 && notes !== '' && { notes: [notes] }),
  }));
}

function besides(one: CountedWork): string {
  const { inHand, etas, latest, letters, results, redbeat, others, tenant } = one;
  const until = latest === undefined ? '' : `, the latest due ${latest}`;
  const parts = [
    ...(inHand > 0
      ? [`${inHand} in hand${etas > 0 ? ` (${etas} with a time of their own${until})` : ''}`]
      : []),
    ...(letters > 0 ? [`${letters} dead letters`] : []),
    ...(results > 0 ? [`${results} results`] : []),
    ...(redbeat > 0 ? [`${redbeat} RedBeat entries`] : []),
    ...(tenant === undefined ? [...others].map(([start, keys]) => `${keys} keys ${start}…`) : []),
  ];
  return parts.join(', ');
}

const total = (all: readonly CountedWork[], of: (one: CountedWork) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

/** What a restore does to tasks, in words. */
export function beforeLines(
  held: HeldSnapshot,
  living: readonly CountedWork[] | undefined,
  now: Date,
): readonly string[] {
  const waiting = total(held.counted, ({ queues }) => waitingMessages(queues));
  const inHand = total(held.counted, (one) => one.inHand);
  return [
    `Runs (again): ${waiting + inHand} messages, ${waiting} that waited and ${inHand} that were in hand. Of these, all that were finished since run once more.`,
    `Is lost: what was accepted in the ${ago(held, now)} since then, and the results of these tasks.`,
    living === undefined
      ? 'No Redis answers: what it would hold now is not known.'
      : `The broker holds now: ${total(living, messagesOf)} messages, ${total(living, ({ letters }) => letters)} dead letters, ${total(living, ({ results }) => results)} results.`,
  ];
}

/** Totals of both, in one line. */
export const amounts = (all: readonly CountedWork[]): string =>
  [
    `${total(all, ({ queues }) => waitingMessages(queues))} waiting`,
    `${total(all, ({ inHand }) => inHand)} in hand`,
    `${total(all, ({ letters }) => letters)} dead letters`,
    `${total(all, ({ results }) => results)} results`,
    `${total(all, ({ redbeat }) => redbeat)} RedBeat entries`,
  ].join(', ');
