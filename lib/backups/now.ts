// One backup out of turn: the CronJob's own, started now.

import { randomBytes } from 'node:crypto';
import { cronJobOf, ended, withJob } from './job';
import type { Asking } from './snapshot';

/** @returns what its containers have left as their messages */
export async function backUpNow({ cluster, of, patience, every, say }: Asking): Promise<readonly string[]> {
  const cron = await cronJobOf(cluster, of.namespace, 'redis-backup');
  const name = `redis-backup-${randomBytes(3).toString('hex')}`;
  return withJob(
    { cluster, namespace: of.namespace, cron, name, change: (one) => one, patience, every, say },
    (pod) =>
      Promise.resolve(
        [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].flatMap(
          ({ state }) => {
            const message = state?.terminated?.message?.trim();
            return message === undefined || message === '' ? [] : [message];
          },
        ),
      ),
    ended,
  );
}
