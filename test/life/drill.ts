// A drill that the CronJob of a broker would start, and what `stalk verify` says of the last one.

import { randomBytes } from 'node:crypto';
import type { Cluster, ObjectRef, Pod } from '../../lib/cluster';
import { backups } from '../../lib/verify/checks/backups';
import type { CheckOutcome } from '../../lib/verify/section';
import { worldOf } from '../../lib/verify';
import { until } from '../e2e/cluster';
import { asked } from '../e2e/kubectl';
import { podsOf } from '../e2e/pods';
import { platform } from './backed-up';

interface Drilled {
  readonly ended: string;
  /** What its pod that ended last has said. */
  readonly said: string;
}

/** As the manual says it: a Job of the CronJob, started now. */
export async function drilled(namespace: string): Promise<Drilled> {
  const job = `drill-${randomBytes(3).toString('hex')}`;
  await asked('create', 'job', job, '-n', namespace, '--from=cronjob/redis-drill');
  const conditions = ['get', 'job', job, '-n', namespace, '-o', 'jsonpath={.status.conditions[*].type}'];
  let ended = '';
  await until('the drill has ended', async () =>
    /Complete|Failed/.test((ended = await asked(...conditions))),
  );
  const pods = (await podsOf(namespace)).filter(({ metadata }) => metadata.labels['job-name'] === job);
  const [last] = [...pods].sort((a, b) =>
    a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1,
  );
  const messages = ['initContainerStatuses', 'containerStatuses'].map(
    (of) => `{.status.${of}[*].state.terminated.message}`,
  );
  const said = await asked(
    'get',
    'pod',
    '-n',
    namespace,
    String(last?.metadata.name),
    '-o',
    `jsonpath=${messages.join('')}`,
  );
  return { ended: ended.includes('Complete') ? 'Complete' : 'Failed', said };
}

/** Reads as the client of the command does, which jest cannot load. */
const viaKubectl = {
  read: async ({ kind, name, namespace }: ObjectRef): Promise<unknown> =>
    JSON.parse(await asked('get', kind, name, '-n', String(namespace), '-o', 'json')),
  list: async (_: unknown, namespace: string, labels: Readonly<Record<string, string>>) => {
    const selector = Object.entries(labels).map((pair) => pair.join('='));
    const text = await asked('get', 'pods', '-n', namespace, '-l', selector.join(','), '-o', 'json');
    return (JSON.parse(text) as { readonly items: readonly Pod[] }).items;
  },
} as unknown as Cluster;

/** The check of the command, alone: it goes on to start tasks. */
export async function drillVerified(tenant: string): Promise<CheckOutcome> {
  const world = worldOf(viaKubectl, platform(), [tenant], { maxWait: 60, disruptive: false });
  for await (const one of backups.run(world)) if (one.id === 'backups.drill') return one;
  throw new Error(`verify says nothing of the drills of ${tenant}'s broker`);
}
