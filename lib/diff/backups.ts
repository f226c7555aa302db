// What a person does, or gives up, when backups of a Redis begin, go elsewhere, or stay for a shorter time.

import type { Change, Reason } from './model';
import { volumeIn } from './pods';

const hasStore = (manifest: Change['after']): boolean => volumeIn(manifest, 'store') !== undefined;

/** The Secrets of a first backup: Redis starts without them, and each run fails. */
export function secretsOfStore({ before, after, namespace }: Change): readonly string[] {
  if (before === undefined || hasStore(before) || !hasStore(after)) return [];
  return [
    `see that Secret redis-backup is in ${namespace} and that Secret redis-users there has the password backup, where Stalk does not make them: each backup fails without them (docs/backup.md, "Secrets")`,
  ];
}

/** By a part of the reason: what follows for the backups that there are. */
const AFTER: readonly (readonly [name: string, reason: RegExp, step: string])[] = [
  [
    'redis-backup',
    /env RESTIC_REPOSITORY$/,
    'older backups stay where they are, and stalk restore no longer finds them: take a new one at once (npx stalk backup now), and keep the encryption key for as long as the old ones matter',
  ],
  [
    'redis-backup',
    /env KEEP$/,
    'the next run deletes the backups that the new numbers do not keep: write the old ones for as long as one of these matters',
  ],
  [
    'redis-drill',
    /^suspend$/,
    'while the drill is suspended nobody knows whether a backup comes back: npx stalk backup show loads the newest one',
  ],
];

export function backupsAfter({ name }: Pick<Change, 'name'>, why: readonly Reason[]): readonly string[] {
  return AFTER.filter(
    ([cron, reason]) =>
      cron === name && why.some(({ what, after }) => reason.test(what) && after !== undefined),
  ).map(([, , step]) => step);
}
