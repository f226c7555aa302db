// How many pods a workload may have at a time, and how much each of them takes.

import { amount } from './law';
import type { Kinds, ReplicatedSpec } from './kinds';
import { ofKind } from './leaf';
import type { LeafView } from './leaf';
import type { Container } from './pods';
import type { WorkloadView } from './workloads';

export const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
export const SIDES = ['requests', 'limits'] as const;
export type Resource = (typeof RESOURCES)[number];
export type ResourceSide = (typeof SIDES)[number];

/**
 * Init containers run one by one before the others, so the largest of them counts if it is larger than those; each beside
 * the native sidecars that have started before it, which go on running.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function ofPod({ pod }: WorkloadView, side: ResourceSide, what: Resource): number {
  const sizeOf = (c: Container): number => {
    const size = amount(c.resources?.[side]?.[what]);
    return Number.isNaN(size) ? 0 : size;
  };
  const together = (pod.containers ?? []).map(sizeOf).reduce((a, b) => a + b, 0);
  let running = 0;
  const before = (pod.initContainers ?? []).map((c) => {
    const here = running + sizeOf(c);
    if (isNativeSidecar(c)) running = here;
    return here;
  });
  return Math.max(together + running, ...before);
}

/** Extended resources have a domain in their name. */
export const isDevice = (what: string): boolean => what.includes('/');

/** Devices that any of the pods asks for. */
export const devicesOf = (workloads: readonly WorkloadView[]): string[] =>
  [
    ...new Set(
      workloads.flatMap(({ containers }) =>
        containers.flatMap(({ resources }) => Object.keys(resources?.limits ?? {}).filter(isDevice)),
      ),
    ),
  ].sort();

/** How many of a device a pod takes. */
export const devicesIn = ({ pod }: WorkloadView, device: string): number =>
  (pod.containers ?? [])
    .map((c) => amount(c.resources?.limits?.[device]))
    .filter((n) => !Number.isNaN(n))
    .reduce((a, b) => a + b, 0);

export const isNativeSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/** During a rollout new pods run while old ones still end, so a pod that is replaced counts twice. */
export function mostPods(workload: WorkloadView, leaf: LeafView): number {
  const { object } = workload;
  const job = ofKind(leaf, 'Job').find((o) => o === object)?.spec;
  const cron = ofKind(leaf, 'CronJob').find((o) => o === object)?.spec;
  const set = ofKind(leaf, 'Deployment', 'StatefulSet', 'ReplicaSet').find((o) => o === object);
  if (set !== undefined) return 2 * replicasOf(set, leaf);
  // Nobody here knows the number of nodes, so a DaemonSet counts as one pod
  return (job ?? cron?.jobTemplate?.spec)?.parallelism ?? 1;
}

function replicasOf({ kind, metadata, spec }: Kinds['Deployment'], leaf: LeafView): number {
  if (kind !== 'Deployment') return spec?.replicas ?? 1;
  const replicas = scaledTo(metadata.name, leaf) ?? spec?.replicas ?? 1;
  return replicas + surge(spec ?? {}, replicas);
}

function scaledTo(deployment: string, leaf: LeafView): number | undefined {
  const targets = (name: string | undefined): boolean => name === deployment;
  const hpa = ofKind(leaf, 'HorizontalPodAutoscaler').find((s) => targets(s.spec?.scaleTargetRef?.name));
  const keda = ofKind(leaf, 'ScaledObject').find((s) => targets(s.spec?.scaleTargetRef?.name));
  return hpa?.spec?.maxReplicas ?? keda?.spec?.maxReplicaCount;
}

const SURGE_OF_KUBERNETES = '25%';

function surge({ strategy }: ReplicatedSpec, replicas: number): number {
  if (strategy?.type === 'Recreate') return 0;
  const most = strategy?.rollingUpdate?.maxSurge ?? SURGE_OF_KUBERNETES;
  if (typeof most === 'number') return most;
  const percent = Number(/^(\d+)%$/.exec(most)?.[1] ?? 0);
  return Math.ceil((replicas * percent) / 100);
}
