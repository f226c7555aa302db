// Check: a tenant, with its own credentials and network, cannot touch another's keys, channels and pods.

import { containerOf, isReady, POD } from '../../cluster';
import type { Pod } from '../../cluster';
import { appOf } from '../../plan/celery/app-of';
import { mayRest } from './rest';
import { answered, askApp, isError, readyPod } from '../ask';
import type { Answer } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import type { ResolvedTenant } from '../../spec';
import { tenantSides } from '../../spec/moving';
import { serverOf } from '../../spec/rules/server-uses';
import { sideName } from '../world';
import type { WorkloadHere, World } from '../world';

export const isolationChecks: SectionOfChecks = {
  id: 'isolation',
  title: 'Isolation: keys, channels and pods of other tenants',
  async *run(world) {
    for (const { from, to } of pairs(world)) {
      const about = {
        id: 'isolation.keys',
        subject: subjectOf(from, to),
        expected: 'every attempt refused',
      };
      yield* guarded(about, async () => [await onBroker(world, from, to)]);
    }
    for (const { tenant } of world.tenants) {
      const about = {
        id: 'isolation.pods',
        subject: `${tenant.name} → other tenants`,
        expected: 'no connection',
      };
      yield* guarded(about, async () => [await toPods(world, tenant)]);
    }
  },
};

/** Neighbours tried for a tenant: a broker may have a thousand, and each costs a look into a pod. */
const MOST = 5;

interface Pair {
  readonly from: ResolvedTenant;
  readonly to: ResolvedTenant;
}

const subjectOf = (from: ResolvedTenant, to: ResolvedTenant): string => `${sideName(from)} → ${sideName(to)}`;

/** Both directions between each tenant and its neighbours on one broker, also on one that it leaves, each once. */
export function pairs({ tenants, platform }: Pick<World, 'tenants' | 'platform'>): readonly Pair[] {
  const found = new Map<string, Pair>();
  const everybody = platform.tenants.flatMap(tenantSides);
  for (const tenant of tenants.flatMap((here) => tenantSides(here.tenant))) {
    const neighbours = everybody.filter((other) => other.name !== tenant.name && shareBroker(tenant, other));
    for (const other of neighbours.slice(0, MOST)) {
      for (const [from, to] of [
        [tenant, other],
        [other, tenant],
      ] as const)
        found.set(subjectOf(from, to), { from, to });
    }
  }
  return [...found.values()];
}

/** One of ours by its name, one of somebody else by where it is. */
function shareBroker({ broker: a }: ResolvedTenant, { broker: b }: ResolvedTenant): boolean {
  if (a.redis.topology === 'external' && b.redis.topology === 'external')
    return serverOf(a.redis) === serverOf(b.redis);
  return a.kind === 'shared' && b.kind === 'shared' && a.name === b.name;
}

/** Whether a server of somebody else lets them in as the same user, who may touch everything. */
const asOneUser = ({ broker: { redis } }: ResolvedTenant): boolean =>
  redis.topology === 'external' && redis.acl === undefined;

/** Seconds; a subscription that is not refused is listened to for three. */
const PATIENCE = 30;

async function onBroker(world: World, from: ResolvedTenant, to: ResolvedTenant): Promise<CheckOutcome> {
  const about = {
    id: 'isolation.keys',
    subject: subjectOf(from, to),
    expected: 'every attempt refused',
  };
  if (from.broker.group !== undefined && from.broker.group === to.broker.group)
    return skipped(about, `both are of the group ${from.broker.group}, whose tenants trust each other`);
  if (asOneUser(from))
    return skipped(about, 'both come as one user of a Redis of somebody else: nothing but names parts them');
  const found = await readyPod(world, [workerOf(from)]);
  if (!found) return skipped(about, `no ready worker of ${from.name} to try it from`);
  const container = containerOf(found.pod, found.workload.name);
  const ask = { touch: targets(to) };
  const answers = await askApp(world, {
    container,
    app: appOf(from, found.workload.name),
    ask,
    seconds: PATIENCE,
  });
  return staysClosed(about, answered(answers, 'touch'));
}

/** Workers of a tenant that need not be among those verified. */
const workerOf = ({ namespace, workers }: ResolvedTenant): WorkloadHere => {
  const name = `worker-${workers[0]?.name}`;
  return {
    kind: 'Deployment',
    name,
    namespace,
    component: 'worker',
    selector: { 'app.kubernetes.io/component': 'worker', 'app.kubernetes.io/instance': name },
    manifest: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name } },
  };
};

/** Names of a tenant's that hold nothing, so that an attempt that is not refused harms nothing. */
function targets({ broker, workers }: ResolvedTenant): Readonly<Record<string, string>> {
  const { prefix, queueBase } = broker;
  const own = prefix === '' && queueBase !== undefined ? `${queueBase}.` : prefix;
  return {
    queue: `${prefix}${workers[0]?.queues[0]}`,
    key: `${own}stalk-verify`,
    channel: `${own}stalk-verify`,
    pattern: `${own}*`,
  };
}

export function staysClosed(
  about: Parameters<typeof judged>[0],
  answer: Readonly<Record<string, string>>,
): CheckOutcome {
  const all = Object.entries(answer);
  const open = all.filter(([, said]) => said !== 'refused').map(([name, said]) => `${name}: ${said}`);
  return judged(
    about,
    all.length > 0 && open.length === 0,
    open.length === 0 ? `${all.map(([name]) => name).join(', ')}: refused` : open.join('; '),
    'compare the users of the broker (ACL LIST) with the roles and users in the rendered ConfigMap redis-rules',
  );
}

interface Foreign {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

async function toPods(world: World, tenant: ResolvedTenant): Promise<CheckOutcome> {
  const about = {
    id: 'isolation.pods',
    subject: `${tenant.name} → other tenants`,
    expected: 'no connection',
  };
  const found = await readyPod(world, [workerOf(tenant)]);
  if (!found)
    return tenant.workers.every(mayRest)
      ? skipped(about, 'its pools are at rest: no worker is there to try it from')
      : judged(about, false, 'no ready worker to try it from', 'kubectl describe its pods');
  const foreign = await foreignPods(world, tenant);
  if (foreign.length === 0) return skipped(about, 'no other tenant has a pod that listens');
  const container = containerOf(found.pod, found.workload.name);
  const ask = { reach: { targets: foreign.map(({ host, port }) => [host, port]), seconds: CONNECT } };
  const answers = await askApp(world, {
    container,
    app: appOf(tenant, found.workload.name),
    ask,
    seconds: PATIENCE,
  });
  return closed(about, foreign, answered(answers, 'reach'));
}

/** Seconds: a policy drops what it refuses, and a connection within a cluster opens in milliseconds. */
const CONNECT = 3;

export function closed(
  about: Parameters<typeof judged>[0],
  foreign: readonly Foreign[],
  answer: Readonly<Record<string, Answer<string>>>,
): CheckOutcome {
  const open = foreign.filter(({ host, port }) => !isClosed(answer[`${host} ${port}`]));
  const names = (list: readonly Foreign[]): string =>
    list.map(({ name, port }) => `${name}:${port}`).join(', ');
  return judged(
    about,
    open.length === 0,
    open.length === 0 ? `${names(foreign)}: closed` : `${names(open)}: open`,
    'check that the NetworkPolicies are there on both sides, and that the network plugin enforces them',
  );
}

const isClosed = (answer: Answer<string> | undefined): boolean =>
  typeof answer === 'string' && !isError(answer) && answer.startsWith('closed');

/** A pod for each kind of listener of up to five others: what a policy says of one, it says of all of its kind. */
async function foreignPods(
  { cluster, platform }: World,
  tenant: ResolvedTenant,
): Promise<readonly Foreign[]> {
  const others = platform.tenants.filter(({ namespace }) => namespace !== tenant.namespace);
  const own = tenantSides(tenant).map(({ broker }) => broker.namespace);
  const spaces = others
    .flatMap((other) => [other.namespace, ...tenantSides(other).map(({ broker }) => broker.namespace)])
    .filter((namespace) => !own.includes(namespace));
  const found: Foreign[] = [];
  for (const namespace of [...new Set(spaces)].slice(0, MOST)) {
    const pods = (await cluster.list<Pod>(POD, namespace)).filter(isReady);
    found.push(...listeners(pods));
  }
  return found;
}

/** One of each kind. */
export function listeners(pods: readonly Pod[]): readonly Foreign[] {
  const kinds = new Map<string, Foreign>();
  for (const { metadata, spec, status } of pods) {
    for (const { containerPort, protocol = 'TCP' } of spec.containers.flatMap(({ ports = [] }) => ports)) {
      const kind = `${metadata.labels?.['app.kubernetes.io/component']} ${containerPort}`;
      if (protocol !== 'TCP' || status.podIP === undefined || kinds.has(kind)) continue;
      kinds.set(kind, {
        name: `${metadata.namespace}/${metadata.name}`,
        host: status.podIP,
        port: containerPort,
      });
    }
  }
  return [...kinds.values()];
}
