// What has to be there before a load is sent: rights, a namespace, workers, room in the quota.

import { execRights, clusterObstacles } from '../cluster';
import type { Cluster, KubeObject, Right } from '../cluster';
import { quantityAsNumber } from '../cluster/quantity';
import { LoadTestError } from './error';
import type { Amounts, Job } from './job';
import type { LoadTest } from './load-test';

/** Throws one line for each thing in the way; the cluster is changed by nothing here. */
export async function checkPreconditions(cluster: Cluster, loadTest: LoadTest): Promise<void> {
  const { tenant, namespace } = loadTest;
  const missing = await clusterObstacles(cluster, {
    rights: rightsOf(loadTest),
    namespaces: [{ namespace, of: `tenants/${tenant}` }],
    docs: 'docs/load.md',
  });
  if (missing.length > 0) throw new LoadTestError(missing.join('\n'));
  const lines = [...(await workers(cluster, loadTest)), ...(await quotas(cluster, loadTest))];
  if (lines.length > 0) throw new LoadTestError(lines.join('\n'));
}

export function rightsOf({ namespace, redis }: LoadTest): readonly Right[] {
  const right = (verb: string, resource: string, group: string, place: string): Right => ({
    ...{ verb, resource, group },
    namespace: place,
  });
  return [
    right('get', 'deployments', 'apps', namespace),
    right('list', 'resourcequotas', '', namespace),
    right('create', 'jobs', 'batch', namespace),
    right('get', 'jobs', 'batch', namespace),
    right('delete', 'jobs', 'batch', namespace),
    right('list', 'pods', '', namespace),
    right('get', 'pods/log', '', namespace),
    ...(redis ? [right('list', 'pods', '', redis.namespace), ...execRights(redis.namespace)] : []),
  ];
}

interface Deployment extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status?: { readonly readyReplicas?: number };
}

async function workers(cluster: Cluster, { tenant, namespace, workers: pool }: LoadTest): Promise<string[]> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: pool.deployment, namespace };
  const found = await cluster.read<Deployment>(ref);
  const ready = found?.status?.readyReplicas ?? 0;
  if (ready > 0 || (found && pool.fromZero)) return [];
  const got = found ? `0 of ${found.spec.replicas ?? 1}` : 'no such Deployment';
  return [
    `tenant "${tenant}": a pod of Deployment/${pool.deployment} must be ready to take tasks, got ${got}; look at kubectl -n ${namespace} describe deployment ${pool.deployment}`,
  ];
}

interface Quota extends KubeObject {
  readonly spec: { readonly hard?: Readonly<Record<string, string>> };
  readonly status?: { readonly used?: Readonly<Record<string, string>> };
}

async function quotas(cluster: Cluster, { tenant, namespace, job }: LoadTest): Promise<string[]> {
  const found = await cluster.list<Quota>({ apiVersion: 'v1', kind: 'ResourceQuota' }, namespace);
  const needed = needs(job);
  return found.flatMap(({ metadata, spec, status }) =>
    Object.entries(spec.hard ?? {}).flatMap(([name, hard]) => {
      const used = status?.used?.[name] ?? '0';
      const wanted = needed[name];
      if (wanted === undefined || quantityAsNumber(used) + quantityAsNumber(wanted) <= quantityAsNumber(hard))
        return [];
      return [
        `tenant "${tenant}": ResourceQuota/${metadata.name} must have room for ${wanted} of ${name}, got ${used} of ${hard} in use; wait until no pods end or roll, or raise the quota by a patch`,
      ];
    }),
  );
}

/** What the Job's pod counts for. Its init container takes the same and runs before. */
function needs({ spec }: Job): Readonly<Record<string, string>> {
  const [container] = spec.template.spec.containers;
  const side = (name: keyof Amounts): [string, string][] =>
    Object.entries(container?.resources[name] ?? {}).map(([what, amount]) => [`${name}.${what}`, amount]);
  return { pods: '1', ...Object.fromEntries([...side('requests'), ...side('limits')]) };
}
