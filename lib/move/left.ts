// What is left on the broker that a tenant leaves: its own pods that drain it count that.

import { isReady, POD } from '../cluster';
import type { Cluster, ContainerRef, Pod } from '../cluster';
import { workerName } from '../plan/celery/workers';
import type { ResolvedTenant } from '../spec';
import { knows } from './ready';

export interface Standing {
  /** Messages; absent where nobody could be asked. */
  readonly messages?: number;
  readonly lines: readonly string[];
}

const SECONDS = 60;

/** Asks the first pod that is ready; it has the user and password of each side, and says no password. */
export async function standing(cluster: Cluster, tenant: ResolvedTenant, to: string): Promise<Standing> {
  const { moving } = tenant;
  if (moving === undefined) return { lines: [] };
  const names = moving.workers.map(workerName);
  if (names.length === 0)
    return { lines: ['It has no pools: whoever consumes its queues elsewhere has to empty them.', next(to)] };
  const pods = await cluster.list<Pod>(POD, tenant.namespace, { 'app.kubernetes.io/component': 'worker' });
  const drains = pods.filter(({ metadata }) =>
    names.some((name) => metadata.labels?.['app.kubernetes.io/instance'] === name),
  );
  const ready = drains.find(isReady);
  if (ready === undefined)
    return {
      lines: [
        `No pod of ${names.join(', ')} is ready: the commit is not applied yet, or they wait for one of the brokers.`,
        ...(await knows(cluster, tenant, to)),
        `Look with npx stalk status ${tenant.name}; nothing is lost meanwhile.`,
      ],
    };
  return asked(cluster, { namespace: tenant.namespace, pod: ready.metadata.name }, to);
}

async function asked(
  cluster: Cluster,
  at: Pick<ContainerRef, 'namespace' | 'pod'>,
  to: string,
): Promise<Standing> {
  const container = at.pod.replace(/-draining-.*$/, '-draining');
  const { code, stdout, stderr } = await cluster.exec(
    { ...at, container },
    { argv: ['python3', '/opt/stalk/stalk_celery.py', 'left'], timeoutSeconds: SECONDS },
  );
  const lines = stdout.trim().split('\n');
  const messages = Number(/^(\d+) messages left/.exec(stdout.trim())?.[1]);
  if (code !== 0 || Number.isNaN(messages))
    return { lines: [`${at.pod} could not count what is left:`, `${stderr}${stdout}`.trim()] };
  return {
    messages,
    lines: [...lines, ...(messages === 0 ? [...carried(stdout, at.pod), next(to)] : [NOT_YET])],
  };
}

const NOT_YET =
  'Do not remove movingFrom yet: its workers drain them, and what is still there then is lost. Ask again, or with --watch.';

/** Draining workers may have written some since they were brought over. */
const carried = (said: string, pod: string): readonly string[] =>
  /^\d+ (dead letters|entries of RedBeat) left$/m.test(said)
    ? [`Bring the rest over first: python3 /opt/stalk/stalk_celery.py carry, in ${pod}.`]
    : [];

const next = (to: string): string =>
  `The old broker is empty. To end the move, remove movingFrom and commit: the tenant is then on ${to} alone.`;
