// How much a namespace may take: computed from what its tenant asked for.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { quantity, kubeObject } from '../kube';
import type { Amount, Labels, ResourceAmounts } from '../kube';
import type { Resources } from '../spec/compute';
import { bytes, cpuText, memoryText, millicores } from '../spec/units';
import type { Memory } from '../spec/units';

/** Sums of one side, in thousandths of a core and bytes. */
interface Sums {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
}

type Counts = Readonly<Record<string, number>>;

/** What a workload may take at most. */
export interface Footprint {
  readonly pods: number;
  readonly requests: Sums;
  readonly limits: Sums;
  /** Extended resources by their name. */
  readonly devices: Counts;
  /** Largest container, for the LimitRange. */
  readonly largest: Sums;
}

/** Containers of a pod: those that run side by side, and those that run before them, one after the other. */
export interface PodResources {
  readonly main: readonly Resources[];
  readonly before: readonly Resources[];
  readonly devices?: Counts;
  /** Those of `main` that run from the start on, also while the others before it do. */
  readonly throughout?: readonly Resources[];
}

/**
 * `count` pods. Init containers run before the others, so the larger of both counts.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
export function footprint(
  { main, before, throughout = [], devices = {} }: PodResources,
  count: number,
): Footprint {
  const side = (name: keyof Amount) => {
    const together = (all: readonly Resources[]) => all.map((one) => sums(one, name)).reduce(add, NONE);
    return scale(most(together(main), ...before.map((one) => together([...throughout, one]))), count);
  };
  return {
    pods: count,
    requests: side('request'),
    limits: side('limit'),
    devices: Object.fromEntries(Object.entries(devices).map(([name, each]) => [name, each * count])),
    largest: most(...[...main, ...before].map((one) => sums(one, 'limit'))),
  };
}

const NONE: Sums = { cpu: 0, memory: 0, disk: 0 };

const sums = ({ cpu: cores, memory: size, disk }: Resources, side: keyof Amount): Sums => ({
  cpu: millicores(cores[side]),
  memory: bytes(size[side]),
  disk: bytes(disk[side]),
});

const add = (a: Sums, b: Sums): Sums => ({
  cpu: a.cpu + b.cpu,
  memory: a.memory + b.memory,
  disk: a.disk + b.disk,
});

const scale = (a: Sums, by: number): Sums => ({ cpu: a.cpu * by, memory: a.memory * by, disk: a.disk * by });

const most = (...all: readonly Sums[]): Sums => ({
  cpu: Math.max(0, ...all.map((s) => s.cpu)),
  memory: Math.max(0, ...all.map((s) => s.memory)),
  disk: Math.max(0, ...all.map((s) => s.disk)),
});

export interface QuotaProps {
  readonly labels: Labels;
  readonly footprints: readonly Footprint[];
  /** Sizes of all claims, those of StatefulSets among them. */
  readonly claims: readonly Memory[];
  /** Claims of other people in the same namespace, whose sizes nobody knows here. */
  readonly existingClaims?: number;
  /** What a container gets that says nothing, such as a debugging one. */
  readonly unsaid: ResourceAmounts;
}

/**
 * Twice what the tenant asked for: while a pool rolls, ending pods count for their whole grace. The sum of two footprints
 * covers `2 x (replicas + surge)`, Jobs and their retries. A claim of a StatefulSet grows before its template does, and
 * stays when its StatefulSet goes.
 */
export function quota(scope: Construct, props: QuotaProps): void {
  const { labels, footprints, claims, existingClaims = 0, unsaid } = props;
  const name = 'tenant';
  const twice = (side: 'requests' | 'limits') => scale(footprints.map((f) => f[side]).reduce(add, NONE), 2);
  const requests = twice('requests');
  const limits = twice('limits');
  kubeObject(scope, 'quota', k8s.KubeResourceQuota, {
    metadata: { name, labels },
    spec: {
      hard: {
        pods: quantity(String(2 * footprints.reduce((sum, f) => sum + f.pods, 0))),
        ...amounts('requests', requests),
        ...amounts('limits', limits),
        ...twiceEach(footprints),
        persistentvolumeclaims: quantity(String(2 * claims.length + existingClaims)),
        ...(existingClaims === 0 && {
          'requests.storage': quantity(memoryText(2 * claims.reduce((sum, size) => sum + bytes(size), 0))),
        }),
      },
    },
  });
  limitRange(scope, { name, labels }, most(...footprints.map((f) => f.largest)), unsaid);
}

/** A quota of an extended resource knows requests alone: its limit is the same. */
function twiceEach(footprints: readonly Footprint[]): Readonly<Record<string, k8s.Quantity>> {
  const names = new Set(footprints.flatMap(({ devices }) => Object.keys(devices)));
  const counted = (name: string, { devices }: Footprint): number =>
    name in devices ? Number(devices[name]) : 0;
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const all = footprints.reduce((sum, one) => sum + counted(name, one), 0);
      return [`requests.${name}`, quantity(String(2 * all))];
    }),
  );
}

const amounts = (side: 'requests' | 'limits', { cpu: milli, memory: size, disk }: Sums) => ({
  [`${side}.cpu`]: quantity(cpuText(milli)),
  [`${side}.memory`]: quantity(memoryText(size)),
  [`${side}.ephemeral-storage`]: quantity(memoryText(disk)),
});

function limitRange(
  scope: Construct,
  metadata: k8s.ObjectMeta,
  largest: Sums,
  unsaid: ResourceAmounts,
): void {
  const given = (side: 'request' | 'limit') => ({
    cpu: quantity(unsaid.cpu[side]),
    memory: quantity(unsaid.memory[side]),
    'ephemeral-storage': quantity(unsaid.disk[side]),
  });
  kubeObject(scope, 'limits', k8s.KubeLimitRange, {
    metadata,
    spec: {
      limits: [
        {
          type: 'Container',
          default: given('limit'),
          defaultRequest: given('request'),
          max: {
            cpu: quantity(cpuText(largest.cpu)),
            memory: quantity(memoryText(largest.memory)),
            'ephemeral-storage': quantity(memoryText(largest.disk)),
          },
        },
      ],
    },
  });
}
