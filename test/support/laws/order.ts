// Sync waves and guards: what must be there first comes first, and what holds data is not pruned by mistake.

import { idOf, ofKind, unless, workloadsOf } from './law';
import type { Law } from './law';
import type { Json, Manifest } from '../synth';

const waveOf = ({ metadata }: Manifest): number =>
  Number(metadata.annotations?.['argocd.argoproj.io/sync-wave']);

const setWave = (object: Json, wave: string): void => {
  object.metadata.annotations['argocd.argoproj.io/sync-wave'] = wave;
};

const everywhere: Law = {
  name: 'every object has a sync wave, and its Namespace comes first',
  check: ({ manifests }) => {
    const [namespace] = ofKind(manifests, 'Namespace');
    return manifests.flatMap((m) => [
      ...unless(Number.isInteger(waveOf(m)), `${idOf(m)} has no sync wave`),
      ...unless(
        m === namespace || namespace === undefined || waveOf(m) > waveOf(namespace),
        `${idOf(m)} comes with its Namespace`,
      ),
    ]);
  },
  breaches: [
    {
      when: 'an object has no wave',
      leaf: 'production/platform',
      spoil: ({ byKind }) => delete byKind('PriorityClass', 'stalk-broker').metadata.annotations,
      says: ['PriorityClass/stalk-broker has no sync wave'],
    },
    {
      when: 'a Service comes with its Namespace',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => setWave(byKind('Service', 'web'), '0'),
      says: ['Service/web comes with its Namespace'],
    },
  ],
};

/** Names of what a pod template needs, as `Kind/name`. */
const neededBy = (pod: Json): string[] => [
  ...(pod.volumes ?? []).flatMap((v: Json) => [
    ...(v.configMap ? [`ConfigMap/${v.configMap.name}`] : []),
    ...(v.secret
      ? ['Secret', 'ExternalSecret', 'Certificate'].map((k) => `${k}/${v.secret.secretName}`)
      : []),
  ]),
  ...pod.containers.flatMap((c: Json) =>
    (c.envFrom ?? []).flatMap((from: Json) =>
      from.configMapRef ? [`ConfigMap/${from.configMapRef.name}`] : [],
    ),
  ),
];

const needs: Law = {
  name: 'a workload comes after the configuration that it reads, the policies and the Redis beside it',
  check: ({ manifests }) => {
    const before = (earlier: Manifest, later: Manifest) =>
      unless(waveOf(earlier) < waveOf(later), `${idOf(later)} does not wait for ${idOf(earlier)}`);
    return workloadsOf(manifests).flatMap(({ manifest, pod }) => {
      const wanted = new Set(neededBy(pod));
      const redis = manifest.kind === 'StatefulSet' ? [] : ofKind(manifests, 'StatefulSet', 'NetworkPolicy');
      const job =
        manifest.kind === 'Deployment' && manifest.metadata.name !== 'flower' ? ofKind(manifests, 'Job') : [];
      const named = manifests.filter((m) => wanted.has(idOf(m)));
      const policies = redis.filter((m) => m.kind === 'StatefulSet' || m.metadata.name.startsWith('to-'));
      return [...named, ...policies, ...job].flatMap((earlier) => before(earlier, manifest));
    });
  },
  breaches: [
    {
      when: 'the workers come before their Redis',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => setWave(byKind('Deployment', 'worker-default'), '1'),
      says: [
        'ConfigMap/app-config',
        'ConfigMap/stalk-loader',
        'ExternalSecret/redis-users',
        'NetworkPolicy/to-broker',
        'NetworkPolicy/to-cache',
        'NetworkPolicy/to-web',
        'StatefulSet/cache',
        'StatefulSet/redis',
      ].map((id) => `Deployment/worker-default does not wait for ${id}`),
    },
    {
      when: 'the app comes with its migrations',
      leaf: 'production/tenants/jewelry-shop',
      spoil: ({ byKind }) => {
        const { metadata } = byKind('Job', 'migrate');
        metadata.name = 'migrate-0123456789';
        setWave(byKind('Deployment', 'web'), metadata.annotations['argocd.argoproj.io/sync-wave']);
      },
      says: ['Deployment/web does not wait for Job/migrate-0123456789'],
    },
  ],
};

const scalers: Law = {
  name: 'a scaler comes after what it scales, a replica after its primary',
  check: ({ manifests }) => [
    ...ofKind(manifests, 'ScaledObject', 'HorizontalPodAutoscaler').flatMap((s) => {
      const target = ofKind(manifests, 'Deployment').find(
        (d) => d.metadata.name === s['spec'].scaleTargetRef.name,
      );
      return unless(
        target !== undefined && waveOf(target) < waveOf(s),
        `${idOf(s)} comes before its Deployment`,
      );
    }),
    ...ofKind(manifests, 'StatefulSet')
      .filter(({ metadata }) => metadata.name === 'redis-replica')
      .flatMap((replica) =>
        ofKind(manifests, 'StatefulSet')
          .filter(({ metadata }) => metadata.name === 'redis')
          .flatMap((primary) =>
            unless(waveOf(primary) < waveOf(replica), `${idOf(replica)} comes before its primary`),
          ),
      ),
  ],
  breaches: [
    {
      when: 'a scaler comes too early',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => setWave(byKind('ScaledObject', 'worker-default'), '1'),
      says: ['ScaledObject/worker-default comes before its Deployment'],
    },
    {
      when: 'a replica comes with its primary',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) => setWave(byKind('StatefulSet', 'redis-replica'), '1'),
      says: ['StatefulSet/redis-replica comes before its primary'],
    },
  ],
};

const claims: Law = {
  name: 'a claim comes with its first consumer, as it may bind no sooner',
  check: ({ manifests }) =>
    ofKind(manifests, 'PersistentVolumeClaim').flatMap((claim) => {
      const consumers = workloadsOf(manifests).filter(({ pod }) =>
        (pod.volumes ?? []).some((v: Json) => v.persistentVolumeClaim?.claimName === claim.metadata.name),
      );
      const first = Math.min(...consumers.map(({ manifest }) => waveOf(manifest)));
      return unless(
        waveOf(claim) === first,
        `${idOf(claim)} has wave ${waveOf(claim)}, its consumer ${first}`,
      );
    }),
  breaches: [
    {
      when: 'Argo CD would wait for a claim that waits for its pod',
      leaf: 'staging/tenants/redline',
      spoil: ({ byKind }) => setWave(byKind('PersistentVolumeClaim', 'data'), '1'),
      says: ['PersistentVolumeClaim/data has wave 1, its consumer 3'],
    },
  ],
};

const HOLDS_DATA = new Set(['Namespace', 'StatefulSet', 'PersistentVolumeClaim']);

const guards: Law = {
  name: 'what holds data is pruned by nobody without being asked, and nothing else is guarded',
  check: ({ manifests }) =>
    manifests.flatMap((m) => {
      const argo = m.metadata.annotations?.['argocd.argoproj.io/sync-options'];
      const flux = m.metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'];
      const guarded = argo === 'Prune=confirm,Delete=confirm' && flux === 'disabled';
      const free = argo === undefined && flux === undefined;
      return unless(HOLDS_DATA.has(m.kind) ? guarded : free, `${idOf(m)} has the wrong guards`);
    }),
  breaches: [
    {
      when: 'a claim may be pruned',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('PersistentVolumeClaim', 'media').metadata.annotations[
          'kustomize.toolkit.fluxcd.io/prune'
        ],
      says: ['PersistentVolumeClaim/media has the wrong guards'],
    },
    {
      when: 'a Deployment cannot be pruned',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').metadata.annotations['kustomize.toolkit.fluxcd.io/prune'] = 'disabled'),
      says: ['Deployment/beat has the wrong guards'],
    },
  ],
};

export const orderLaws: readonly Law[] = [everywhere, needs, scalers, claims, guards];
