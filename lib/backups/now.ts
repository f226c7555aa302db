// One backup out of turn: the CronJob's own, started now.

import { statusesOf } from '../cluster';
import { BACKUP_NAMES } from '../plan/redis/backup';
import { cronJobOf, ended, ownJobName, withJob } from './job';
import type { Asking } from './snapshot';

/** @returns what its containers have left as their messages */
export async function backUpNow({ cluster, of, patience, every, say }: Asking): Promise<readonly string[]> {
  const cron = await cronJobOf(cluster, of.namespace, BACKUP_NAMES.backup);
  const name = ownJobName('backup');
  return withJob(
    { cluster, namespace: of.namespace, cron, name, change: (one) => one, patience, every, say },
    (pod) =>
      Promise.resolve(
        statusesOf(pod).flatMap(({ state }) => {
          const message = state?.terminated?.message?.trim();
          return message === undefined || message === '' ? [] : [message];
        }),
      ),
    ended,
  );
}
