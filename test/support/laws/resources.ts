// What containers may take, and what their namespace may take: computed again from the manifests alone.

import { amount, ofKind, unless, workloadsOf } from './law';
import type { Law, Workload } from './law';
import type { Json, Manifest } from '../synth';

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const;
const SIDES = ['requests', 'limits'] as const;

const bounds: Law = {
  name: 'every container has requests and limits of CPU, memory and disk, and asks for no more than it may take',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, containers }) =>
      containers.flatMap(({ name, resources = {} }) =>
        RESOURCES.flatMap((what) => {
          const [request, limit] = SIDES.map((side) => amount(resources[side]?.[what]));
          if (Number.isNaN(request) || Number.isNaN(limit))
            return [`${id}: ${name} has no bounds for ${what}`];
          return unless(
            Number(request) <= Number(limit),
            `${id}: ${name} asks for more ${what} than its limit`,
          );
        }),
      ),
    ),
  breaches: [
    {
      when: 'an init container has no limit',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.spec.initContainers[0].resources.limits.memory,
      says: ['StatefulSet/redis: build-users has no bounds for memory'],
    },
    {
      when: 'a request is over its limit',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].resources.requests.cpu = '9'),
      says: ['Deployment/beat: beat asks for more cpu than its limit'],
    },
  ],
};

/** Init containers run one by one before the others, so the largest of them counts if it is larger than those. */
function ofPod({ pod }: Workload, side: string, what: string): number {
  const each = (containers: readonly Json[] = []) =>
    containers.map((c) => amount(c.resources?.[side]?.[what]));
  const together = each(pod.containers).reduce((a, b) => a + b, 0);
  return Math.max(together, ...each(pod.initContainers));
}

/** Most pods at a time: of a rollout, while those that end still count. */
function podsOf({ manifest }: Workload, manifests: readonly Manifest[]): number {
  const { kind, metadata } = manifest;
  if (kind === 'Job') return 1;
  const spec = manifest['spec'];
  const scaler = ofKind(manifests, 'HorizontalPodAutoscaler', 'ScaledObject').find(
    (s) => s['spec'].scaleTargetRef.name === metadata.name && kind === 'Deployment',
  );
  const replicas: number = scaler?.['spec'].maxReplicas ?? scaler?.['spec'].maxReplicaCount ?? spec.replicas;
  return 2 * (replicas + (spec.strategy?.rollingUpdate?.maxSurge ?? 0));
}

const quotas: Law = {
  name: 'the quota covers twice all pods with their surge, the Jobs and all claims, and not four times as much',
  check: ({ manifests }) => {
    const hard = ofKind(manifests, 'ResourceQuota')[0]?.['spec'].hard;
    const workloads = workloadsOf(manifests);
    if (workloads.length === 0) return [];
    const sum = (of: (w: Workload) => number) => workloads.reduce((total, w) => total + of(w), 0);
    const needed: readonly (readonly [string, number])[] = [
      ['pods', sum((w) => podsOf(w, manifests))],
      ...SIDES.flatMap((side) =>
        RESOURCES.map(
          (what) => [`${side}.${what}`, sum((w) => podsOf(w, manifests) * ofPod(w, side, what))] as const,
        ),
      ),
    ];
    return needed.flatMap(([what, need]) => [
      ...unless(amount(hard?.[what]) >= need - 1e-9, `${what} is ${hard?.[what]}, needed are ${need}`),
      ...unless(
        !(amount(hard?.[what]) > 2 * need),
        `${what} is ${hard?.[what]}, which bounds nothing: needed are ${need}`,
      ),
    ]);
  },
  breaches: [
    {
      when: 'the quota has no room for a rollout',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard.pods = '1'),
      says: ['pods is 1, needed are 2'],
    },
    {
      when: 'a pool gets a pod more than was counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.memory = '1Gi'),
      says: ['limits.memory is 768Mi, needed are 2415919104'],
    },
    {
      when: 'the quota bounds nothing',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['requests.cpu'] = '5'),
      says: ['requests.cpu is 5, which bounds nothing: needed are 0.22'],
    },
  ],
};

const claimQuota: Law = {
  name: 'the quota has room for exactly the claims of the leaf',
  check: ({ manifests, existingClaims }) => {
    const hard = ofKind(manifests, 'ResourceQuota')[0]?.['spec'].hard;
    if (hard === undefined) return [];
    const own = ofKind(manifests, 'PersistentVolumeClaim').map((c) =>
      amount(c['spec'].resources.requests.storage),
    );
    const templated = ofKind(manifests, 'StatefulSet').flatMap(({ spec }) =>
      (spec.volumeClaimTemplates ?? []).flatMap((t: Json) =>
        Array.from({ length: spec.replicas }, () => amount(t.spec.resources.requests.storage)),
      ),
    );
    const all = [...own, ...templated];
    const size = all.reduce((a, b) => a + b, 0);
    const storage = hard['requests.storage'];
    return [
      ...unless(
        amount(hard.persistentvolumeclaims) === all.length + existingClaims.length,
        `persistentvolumeclaims is ${hard.persistentvolumeclaims}, there are ${all.length + existingClaims.length}`,
      ),
      ...unless(
        existingClaims.length > 0 ? storage === undefined : amount(storage) === size,
        `requests.storage is ${storage}, the claims have ${size}`,
      ),
    ];
  },
  breaches: [
    {
      when: 'a claim was not counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard.persistentvolumeclaims = '0'),
      says: ['persistentvolumeclaims is 0, there are 1'],
    },
    {
      when: 'a claim is larger than was counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.volumeClaimTemplates[0].spec.resources.requests.storage = '3Gi'),
      says: ['requests.storage is 2Gi, the claims have 3221225472'],
    },
    {
      when: 'claims of unknown size meet a bound for all',
      leaf: 'lab/tenants/own-one',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['requests.storage'] = '5Gi'),
      says: ['requests.storage is 5Gi, the claims have 5368709120'],
    },
  ],
};

const limitRange: Law = {
  name: 'the LimitRange lets the largest container in, and its own defaults',
  check: ({ manifests }) => {
    const [limit] = ofKind(manifests, 'LimitRange')[0]?.['spec'].limits ?? [];
    const containers = workloadsOf(manifests).flatMap((w) => w.containers);
    if (containers.length === 0) return [];
    return RESOURCES.flatMap((what) => {
      const max = amount(limit?.max[what]);
      const largest = Math.max(...containers.map((c) => amount(c.resources.limits[what])));
      return [
        ...unless(max >= largest, `max ${what} is ${max}, a container may take ${largest}`),
        ...unless(amount(limit?.default[what]) <= max, `the default ${what} is over its max`),
        ...unless(
          amount(limit?.defaultRequest[what]) <= amount(limit?.default[what]),
          `the default request of ${what} is over its limit`,
        ),
      ];
    });
  },
  breaches: [
    {
      when: 'a container is larger than the range',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.cpu = '2'),
      says: ['max cpu is 0.5, a container may take 2'],
    },
    {
      when: 'a default is over its max',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('LimitRange', 'tenant').spec.limits[0].default.memory = '9Gi'),
      says: ['the default memory is over its max'],
    },
    {
      when: 'a default request is over its limit',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('LimitRange', 'tenant').spec.limits[0].defaultRequest.cpu = '400m'),
      says: ['the default request of cpu is over its limit'],
    },
  ],
};

export const resourceLaws: readonly Law[] = [bounds, quotas, claimQuota, limitRange];
