// What one look asks of a cluster: pods and wanted numbers of each tenant, each broker once, when each beat ticked.

import { containerOf, isReady } from '../cluster';
import type { Cluster, KubeObject, Pod } from '../cluster';
import type { ResolvedTenant } from '../spec';
import { askBroker } from './ask-broker';
import type { BrokerSeen } from './ask-broker';
import { bounded } from './bounded';
import { ofComponent, podsIn } from './pods';
import type { Watched } from './watched';

export interface Seen {
  readonly tenants: ReadonlyMap<string, TenantSeen>;
  /** By the broker's place in what is watched. */
  readonly brokers: readonly BrokerSeen[];
}

export interface TenantSeen {
  readonly pods: readonly Pod[];
  /** Pods that each Deployment asks for, as people and autoscalers have set it. */
  readonly wanted: ReadonlyMap<string, number>;
  /** Seconds since the last tick, of each ready pod of beat that was asked. */
  readonly ticks: readonly number[];
  /** Why nothing is known of it. */
  readonly error?: string;
}

/** Requests and commands in pods at once: an API server serves hundreds of the first, a node few of the second. */
const REQUESTS = 16;
const COMMANDS = 8;

/** More beats than this are not asked one by one: a look is made of few commands, and readiness tells who ticks. */
const BEATS = 20;

export async function see(cluster: Cluster, watched: Watched): Promise<Seen> {
  const { tenants, brokers } = watched;
  const found = await bounded(REQUESTS, tenants, (tenant) => workloadsOf(cluster, tenant));
  const here = new Map(tenants.map(({ name }, i) => [name, found[i] ?? NOTHING]));
  const [asked, ticks] = await Promise.all([
    bounded(COMMANDS, brokers, (broker) =>
      askBroker(cluster, broker, (tenant) => here.get(tenant.name)?.pods ?? []),
    ),
    bounded(COMMANDS, tenants.length > BEATS ? [] : tenants, (tenant) =>
      ticksOf(cluster, here.get(tenant.name)?.pods ?? []),
    ),
  ]);
  return {
    brokers: asked,
    tenants: new Map(
      tenants.map(({ name }, i) => [name, { ...(here.get(name) ?? NOTHING), ticks: ticks[i] ?? [] }]),
    ),
  };
}

type Workloads = Omit<TenantSeen, 'ticks'>;

const NOTHING: Workloads = { pods: [], wanted: new Map() };

interface Scaled extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

async function workloadsOf(cluster: Cluster, { namespace }: ResolvedTenant): Promise<Workloads> {
  try {
    const [pods, deployments] = await Promise.all([
      podsIn(cluster, namespace),
      cluster.list<Scaled>({ apiVersion: 'apps/v1', kind: 'Deployment' }, namespace),
    ]);
    return {
      pods,
      wanted: new Map(deployments.map(({ metadata, spec }) => [metadata.name, Number(spec.replicas)])),
    };
  } catch (error) {
    return { ...NOTHING, error: (error as Error).message };
  }
}

/** Seconds for a shell to look at a file. */
const PATIENCE = 10;

/** The loader touches this file at each tick (runtime/stalk_health.py). */
const TICKED = 'echo $(($(date +%s) - $(stat -c %Y "$STALK_RUN/ticking")))';

async function ticksOf(cluster: Cluster, pods: readonly Pod[]): Promise<readonly number[]> {
  const beats = ofComponent(pods, 'beat').filter(isReady);
  const answers = await Promise.all(
    beats.map((pod) =>
      cluster
        .exec(containerOf(pod, 'beat'), { argv: ['sh', '-c', TICKED], timeoutSeconds: PATIENCE })
        .catch(() => undefined),
    ),
  );
  return answers.flatMap((answer) => (answer?.code === 0 ? [Number(answer.stdout)] : []));
}
