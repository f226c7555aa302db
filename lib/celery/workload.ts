// A process as objects: its Deployment or Job, Service, way in, budget, autoscaler and claims.

import type { ApiObject } from 'cdk8s';
import type { ApiObjectProps } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { asNative, claimSpec, labels, selector, PlainObject, kubeObject } from '../kube';
import type { Labels } from '../kube';
import type { TenantPlan } from '../plan';
import type { Claim } from '../plan/celery/configs';
import type { Lifetime, Process, Scaling } from '../plan/process';
import { byUsage, byQueueLength } from '../traits/autoscaling';
import type { TargetProps } from '../traits/autoscaling';
import { budget } from '../traits/availability';
import { wayIn } from '../traits/exposure';
import { footprint } from '../traits/quota';
import type { Footprint, PodResources } from '../traits/quota';
import { HTTP, nativeOf, processIdentity, podOf } from './pod';
import type { Owner } from './pod';
import { SCALER_CREDENTIALS } from './scaler';

export class Workload extends Construct {
  /** What it takes of the namespace's quota. */
  readonly footprint: Footprint;
  readonly workload: ApiObject;
  /** From outside: none, or one. */
  readonly waysIn: readonly ApiObject[];
  /** Whether the others wait for its end. */
  readonly isJob: boolean;

  constructor(scope: Construct, id: string, plan: TenantPlan, process: Process) {
    super(scope, id);
    const { name, lifetime, port } = process;
    const identity = processIdentity(plan.tenant, process);
    const target = { name, labels: labels(identity) };
    const pods = selector(identity);

    this.workload = new PlainObject(this, name, manifestOf(plan.tenant, process));
    this.waysIn =
      port === undefined ? [] : this.served({ ...target, pods, port, ...frontOf(process) }, plan, process);
    if (lifetime.kind === 'service') {
      budget(this, { ...target, pods });
      if (lifetime.scaling) scaler(this, plan, target, lifetime.scaling).node.addDependency(this.workload);
    }
    for (const claim of plan.claims) if (claim.of === name) persistentClaim(this, claim, target.labels);
    this.isJob = lifetime.kind === 'job';
    this.footprint = footprint(resourcesOf(plan.tenant, process), most(process));
  }

  private served(service: ServiceProps, { tenant }: TenantPlan, { expose }: Process): ApiObject[] {
    const { exposure } = tenant.environment;
    httpService(this, service);
    return expose && exposure ? [wayIn(this, { ...service, expose }, exposure)] : [];
  }
}

const frontOf = ({ front }: Process): Pick<ServiceProps, 'front'> => (front === undefined ? {} : { front });

export const manifestOf = (owner: Owner, process: Process): ApiObjectProps =>
  asNative(knownManifestOf(owner, process) as ApiObjectProps, nativeOf(owner, process));

/** With what Kubernetes 1.27 knows. */
function knownManifestOf(owner: Owner, process: Process): unknown {
  const { lifetime } = process;
  switch (lifetime.kind) {
    case 'job':
      return k8s.KubeJob.manifest(jobProps(owner, process, lifetime));
    case 'cron':
      return k8s.KubeCronJob.manifest(cronProps(owner, process, lifetime));
    case 'service':
    case 'singleton':
      return k8s.KubeDeployment.manifest(deploymentProps(owner, process, lifetime));
  }
}

type Of<K extends Lifetime['kind']> = Extract<Lifetime, { readonly kind: K }>;
type Stays = Of<'service' | 'singleton'>;

const jobProps = (
  owner: Owner,
  process: Process,
  { timeLimit, retries, remains }: Of<'job'>,
): k8s.KubeJobProps => ({
  metadata: { name: process.name, labels: labels(processIdentity(owner, process)) },
  spec: {
    backoffLimit: retries,
    activeDeadlineSeconds: timeLimit,
    ...(remains !== undefined && { ttlSecondsAfterFinished: remains }),
    template: podOf(owner, process),
  },
});

/** Runs that stay to be looked at, beside the one that is going. */
const ENDED = { successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 };

/**
 * `Forbid` alone: without a deadline to start in, a run that is due while one is going, or while the cluster is away,
 * starts as soon as it can.
 */
const cronProps = (
  owner: Owner,
  process: Process,
  { cron, timeLimit, retries }: Of<'cron'>,
): k8s.KubeCronJobProps => {
  const own = { labels: labels(processIdentity(owner, process)) };
  return {
    metadata: { name: process.name, ...own },
    spec: {
      schedule: cron,
      timeZone: 'Etc/UTC', // that of the controller is nobody's promise
      concurrencyPolicy: 'Forbid',
      ...ENDED,
      jobTemplate: {
        metadata: own,
        spec: {
          backoffLimit: retries,
          activeDeadlineSeconds: timeLimit,
          template: podOf(owner, process),
        },
      },
    },
  };
};

/** Seconds in which a rollout has to get on, by Kubernetes' own default; migrations that pods wait for come on top. */
const STARTS = 600;

function deploymentProps(owner: Owner, process: Process, lifetime: Stays): k8s.KubeDeploymentProps {
  const identity = processIdentity(owner, process);
  return {
    metadata: { name: process.name, labels: labels(identity) },
    spec: {
      ...replicas(lifetime),
      revisionHistoryLimit: 3,
      ...(process.waitsFor !== undefined && { progressDeadlineSeconds: process.waitsFor + STARTS }),
      selector: { matchLabels: selector(identity) },
      strategy: rollout(process, lifetime),
      template: podOf(owner, process),
    },
  };
}

/** With an autoscaler the number is left out, or Git and the autoscaler fight over it. */
function replicas(lifetime: Stays): { readonly replicas?: number } {
  if (lifetime.kind === 'singleton') return { replicas: lifetime.replicas };
  return lifetime.scaling === undefined ? { replicas: lifetime.replicas } : {};
}

function rollout({ devices }: Process, lifetime: Stays): k8s.DeploymentStrategy {
  if (lifetime.kind === 'singleton') return { type: 'Recreate' };
  const surge = surgeOf(lifetime, devices);
  return {
    type: 'RollingUpdate',
    rollingUpdate: {
      maxSurge: k8s.IntOrString.fromNumber(surge),
      maxUnavailable: k8s.IntOrString.fromNumber(1 - surge),
    },
  };
}

/** A new pod before an old one goes; where each needs a node or a device of its own there may be none for that. */
const surgeOf = ({ apart }: Of<'service'>, devices: Process['devices']): number =>
  apart === 'required' || Object.keys(devices).length > 0 ? 0 : 1;

/** Waits take the process' own resources. */
const resourcesOf = (
  { environment }: Owner,
  { resources, waits, companions, devices }: Process,
): PodResources => {
  const beside = companions.map((one) => one.resources);
  return {
    main: [resources, ...beside],
    before: waits.map(() => resources),
    devices,
    ...(environment.nativeSidecars && { throughout: beside }),
  };
};

/** Pods at a time, while it rolls. */
function most({ lifetime, devices }: Process): number {
  if (lifetime.kind !== 'service') return 1;
  return (lifetime.scaling ? lifetime.scaling.max : lifetime.replicas) + surgeOf(lifetime, devices);
}

interface ServiceProps extends TargetProps {
  readonly pods: Labels;
  readonly port: number;
  /** Port of the sidecar that its requests go to. */
  readonly front?: number;
}

function httpService(scope: Construct, props: ServiceProps) {
  const { name, labels: own, pods, port, front } = props;
  // By number: not every Kubernetes finds the name of a port in a native sidecar
  const targetPort =
    front === undefined ? k8s.IntOrString.fromString(HTTP) : k8s.IntOrString.fromNumber(front);
  kubeObject(scope, `service-${name}`, k8s.KubeService, {
    metadata: { name, labels: own },
    spec: {
      type: 'ClusterIP',
      selector: pods,
      ports: [{ name: HTTP, port, targetPort, protocol: 'TCP' }],
    },
  });
}

function scaler(scope: Construct, { broker }: TenantPlan, target: TargetProps, scaling: Scaling): ApiObject {
  if (!('tasksEach' in scaling)) return byUsage(scope, target, scaling);
  const { tasksEach: tasksPerPod, ...asked } = scaling;
  return byQueueLength(scope, {
    ...target,
    ...asked,
    tasksPerPod,
    address: broker.scalerAddress,
    ...(broker.sentinels && { primary: broker.sentinels.primary }),
    authentication: SCALER_CREDENTIALS,
  });
}

export const persistentClaim = (scope: Construct, claim: Claim, own: Labels): ApiObject =>
  kubeObject(scope, `claim-${claim.name}`, k8s.KubePersistentVolumeClaim, {
    metadata: { name: claim.name, labels: own },
    spec: claimSpec(claim.size, claim.storageClass, claim.access),
  });
