// One pool of workers: a Deployment, its budget, its autoscaler.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, selector } from '../kube';
import { brokerEndpoint, PRIMARY } from '../redis/broker';
import type { ResolvedPool, ResolvedTenant } from '../spec';
import { byCpu, byQueueLength } from '../traits/autoscaling';
import type { TargetProps } from '../traits/autoscaling';
import { apart, budget } from '../traits/availability';
import { consumes } from '../traits/probes';
import { footprint } from '../traits/quota';
import type { Footprint } from '../traits/quota';
import { appPod, identityOf } from './app-pod';
import { poolEnv } from './dialects';
import { SCALER_CREDENTIALS } from './scaler';

export interface WorkerPoolProps {
  readonly tenant: ResolvedTenant;
  readonly pool: ResolvedPool;
}

export class WorkerPool extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;

  constructor(scope: Construct, id: string, { tenant, pool }: WorkerPoolProps) {
    super(scope, id);
    const name = `worker-${pool.name}`;
    const identity = identityOf(tenant, 'worker', name);
    const own = labels(identity);
    const pods = selector(identity);
    const template = workerPod(tenant, pool, pods);

    const deployment = new k8s.KubeDeployment(this, name, {
      metadata: { name, labels: own },
      spec: {
        ...(pool.scaling === undefined && { replicas: pool.replicas }), // or Git and the autoscaler fight over it
        revisionHistoryLimit: 3,
        selector: { matchLabels: pods },
        strategy: { type: 'RollingUpdate', rollingUpdate: rollout(pool) },
        template,
      },
    });
    budget(this, { name, labels: own, pods });
    scaler(this, tenant, pool, { name, labels: own })?.node.addDependency(deployment);
    this.workload = deployment;
    const surge = pool.antiAffinity === 'required' ? 0 : 1;
    this.footprint = footprint(template, (pool.scaling ? pool.scaling.max : pool.replicas) + surge);
  }
}

function scaler(
  scope: Construct,
  tenant: ResolvedTenant,
  pool: ResolvedPool,
  target: TargetProps,
): ApiObject | undefined {
  const { scaling, queues } = pool;
  if (scaling === undefined) return undefined;
  if ('utilization' in scaling) return byCpu(scope, target, scaling);
  return byQueueLength(scope, {
    ...target,
    min: scaling.min,
    max: scaling.max,
    tasksPerPod: scaling.queueLength,
    cooldown: scaling.cooldownSeconds,
    address: brokerEndpoint(tenant).scalerAddress,
    ...(brokerEndpoint(tenant).sentinels && { primary: PRIMARY }),
    database: tenant.broker.database,
    lists: watchedLists(tenant, queues),
    authentication: SCALER_CREDENTIALS,
  });
}

/** Priorities 0, 3, 6 and 9 of a queue are lists of their own; `unacked` holds what is taken and not done. */
const PRIORITIES = ['', '\u0006\u00163', '\u0006\u00166', '\u0006\u00169'];

function watchedLists({ broker }: ResolvedTenant, queues: readonly string[]) {
  const unacked =
    broker.prefix === '' && broker.queueBase !== undefined ? `${broker.queueBase}.unacked` : 'unacked';
  const waiting = queues.flatMap((queue, q) =>
    PRIORITIES.map((suffix, p) => ({
      name: `queue${q}p${p * 3}`,
      list: `${broker.prefix}${queue}${suffix}`,
    })),
  );
  return [...waiting, { name: 'inflight', list: `${broker.prefix}${unacked}` }];
}

/** A new pod before an old one goes; where each needs a node of its own there may be no room for that. */
const rollout = ({ antiAffinity }: ResolvedPool): k8s.RollingUpdateDeployment => ({
  maxSurge: k8s.IntOrString.fromNumber(antiAffinity === 'required' ? 0 : 1),
  maxUnavailable: k8s.IntOrString.fromNumber(antiAffinity === 'required' ? 1 : 0),
});

function workerPod(
  tenant: ResolvedTenant,
  pool: ResolvedPool,
  pods: Record<string, string>,
): k8s.PodTemplateSpec {
  return appPod({
    tenant,
    component: 'worker',
    name: `worker-${pool.name}`,
    role: 'worker',
    command: workerCommand(tenant, pool),
    resources: pool.resources,
    env: pool.env,
    fixedEnv: {
      ...poolEnv(tenant, pool),
      ...(pool.serves.length > 0 && { STALK_QUEUE_SERVES: pool.serves.join(',') }),
    },
    probes: consumes(pool.probes, pool.pool === 'solo' ? pool.hard : 0), // solo runs a task where it would touch
    grace: pool.grace,
    ...(pool.stagger && { stagger: pool.stagger }),
    migrated: true,
    placement: apart(pods, tenant.environment.zones, pool.antiAffinity),
  });
}

/** Gossip and mingle cost four connections a pod and tell workers what Kubernetes knows. */
function workerCommand({ app, flower }: ResolvedTenant, pool: ResolvedPool): string[] {
  const { name, queues, concurrency, prefetch, hard, soft, maxTasksPerChild } = pool;
  return [
    'celery',
    '-A',
    app.module,
    'worker',
    `--loglevel=${app.logLevel}`,
    `--hostname=${name}@%h`,
    `--queues=${queues.join(',')}`,
    `--pool=${pool.pool}`,
    `--concurrency=${concurrency}`,
    `--prefetch-multiplier=${prefetch}`,
    ...(pool.pool === 'prefork'
      ? [`--time-limit=${hard}`, `--soft-time-limit=${soft}`, `--max-tasks-per-child=${maxTasksPerChild}`]
      : []),
    '--without-gossip',
    '--without-mingle',
    ...(flower ? ['--task-events'] : []),
  ];
}
