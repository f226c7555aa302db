// Sync waves and guards: what must be there first comes first, and what holds data is not pruned by mistake.

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import type { Base } from './kinds';
import { called, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { show } from './words';

const WAVE = 'argocd.argoproj.io/sync-wave';
const AT = `.metadata.annotations["${WAVE}"]`;

const waveOf = ({ metadata }: Base): number => Number(metadata.annotations[WAVE] ?? Number.NaN);

const comesAfter = (later: Base, earlier: Base): Breach[] =>
  breachUnless(
    waveOf(earlier) < waveOf(later),
    later.id,
    `${AT} must be over ${waveOf(earlier)}, the wave of ${earlier.id}, got ${waveOf(later)}`,
  );

const everywhere: Law = {
  name: 'every object has a sync wave, and its Namespace comes first',
  check: (leaf) => {
    const [namespace] = ownOfKind(leaf, 'Namespace');
    return leaf.objects
      .filter(({ own }) => own)
      .flatMap((object) =>
        Number.isInteger(waveOf(object))
          ? object === namespace || namespace === undefined
            ? []
            : comesAfter(object, namespace)
          : breachUnless(
              false,
              object.id,
              `${AT} must be a whole number, got ${show(object.metadata.annotations[WAVE])}`,
            ),
      );
  },
};

/** What a pod needs, as `Kind/name`. */
const neededBy = ({ pod }: WorkloadView): string[] => [
  ...(pod.volumes ?? []).flatMap(({ configMap, secret }) => [
    ...(configMap ? [`ConfigMap/${configMap.name}`] : []),
    ...(secret ? ['Secret', 'ExternalSecret', 'Certificate'].map((k) => `${k}/${secret.secretName}`) : []),
  ]),
  ...(pod.containers ?? []).flatMap(({ envFrom = [] }) =>
    envFrom.flatMap(({ configMapRef }) => (configMapRef ? [`ConfigMap/${configMapRef.name}`] : [])),
  ),
];

const needs: Law = {
  name: 'a workload comes after the configuration that it reads, the policies, the Redis and the migrations beside it',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap((workload) => {
      const { object } = workload;
      const wanted = new Set(neededBy(workload));
      const named = leaf.objects.filter(({ id, own }) => own && wanted.has(id));
      return [...named, ...besides(object, leaf)].flatMap((earlier) => comesAfter(object, earlier));
    }),
};

/** Redis, its policies and the migrations, for those that wait for them. */
function besides({ kind, metadata }: Base, leaf: LeafView): Base[] {
  if (kind === 'StatefulSet') return [];
  const policies = ownOfKind(leaf, 'NetworkPolicy').filter((m) => m.metadata.name.startsWith('to-'));
  const waits = ['Deployment', 'CronJob'].includes(kind) && metadata.name !== 'flower';
  const jobs = waits ? ownOfKind(leaf, 'Job') : [];
  return [...policies, ...ownOfKind(leaf, 'StatefulSet'), ...jobs];
}

const scalers: Law = {
  name: 'a scaler comes after what it scales, a replica after its primary',
  check: (leaf) => [
    ...ownOfKind(leaf, 'ScaledObject', 'HorizontalPodAutoscaler').flatMap((scaler) => {
      const target = called(leaf, 'Deployment', scaler.spec?.scaleTargetRef?.name);
      return target === undefined
        ? breachUnless(false, scaler.id, ' must come after its Deployment, got none')
        : comesAfter(scaler, target);
    }),
    ...ownOfKind(leaf, 'StatefulSet')
      .filter(({ metadata }) => metadata.name === 'redis-replica')
      .flatMap((replica) =>
        ownOfKind(leaf, 'StatefulSet')
          .filter(({ metadata }) => metadata.name === 'redis')
          .flatMap((primary) => comesAfter(replica, primary)),
      ),
  ],
};

const claims: Law = {
  name: 'a claim comes with its first consumer, as it may bind no sooner',
  check: (leaf) =>
    ownOfKind(leaf, 'PersistentVolumeClaim').flatMap((claim) => {
      const consumers = ownWorkloads(leaf.workloads).filter(({ pod }) =>
        (pod.volumes ?? []).some((v) => v.persistentVolumeClaim?.claimName === claim.metadata.name),
      );
      const first = Math.min(...consumers.map(({ object }) => waveOf(object)));
      return breachUnless(
        waveOf(claim) === first,
        claim.id,
        `${AT} must be ${first}, that of its first pod, got ${waveOf(claim)}`,
      );
    }),
};

/** Argo CD takes one whose last run failed for broken, and stops before the next wave. */
const clock: Law = {
  name: 'a CronJob comes last, so that a run that failed holds nothing back',
  check: (leaf) => {
    const last = Math.max(...leaf.objects.filter(({ own }) => own).map(waveOf));
    return ownOfKind(leaf, 'CronJob').flatMap((cronJob) =>
      breachUnless(
        waveOf(cronJob) === last,
        cronJob.id,
        `${AT} must be ${last}, the last one, as a run that failed would keep others from being applied, got ${waveOf(cronJob)}`,
      ),
    );
  },
};

/** Argo CD waits for an address that some controllers never say. */
const waysIn: Law = {
  name: 'a way in comes last, so that nothing waits for its address',
  check: (leaf) => {
    const ways = ownOfKind(leaf, 'Ingress', 'HTTPRoute');
    const others = leaf.objects.filter(({ id, own }) => own && !ways.some((way) => way.id === id));
    const last = Math.max(...others.map(waveOf));
    return ways.flatMap((way) =>
      breachUnless(
        waveOf(way) >= last,
        way.id,
        `${AT} must be ${last} or more, as others would wait for its address, got ${waveOf(way)}`,
      ),
    );
  },
};

const HOLDS_DATA = new Set(['Namespace', 'StatefulSet', 'PersistentVolumeClaim']);
const GUARDS = {
  'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

const guards: Law = {
  name: 'what holds data is pruned by nobody without being asked, and nothing else is guarded',
  check: ({ objects }) =>
    objects
      .filter(({ own }) => own)
      .flatMap(({ id, kind, metadata: { annotations } }) => {
        const guarded = HOLDS_DATA.has(kind);
        return Object.entries(GUARDS).flatMap(([key, guard]) => {
          const wanted = guarded ? guard : undefined;
          return breachUnless(
            annotations[key] === wanted,
            id,
            `.metadata.annotations["${key}"] must be ${guarded ? show(guard) : 'left out'}, got ${show(annotations[key])}`,
          );
        });
      }),
};

export const orderLaws: readonly Law[] = [everywhere, needs, scalers, waysIn, clock, claims, guards];
