// How objects come in the wrong order.

import type { Breaches } from '../breach';
import type { Json } from '../../support/synth';

const setWave = (object: Json, wave: string): void => {
  object.metadata.annotations['argocd.argoproj.io/sync-wave'] = wave;
};

export const orderBreaches: Breaches = {
  'every object has a sync wave, and its Namespace comes first': [
    {
      when: 'an object has no wave',
      leaf: 'production/platform',
      spoil: ({ byKind }) => delete byKind('PriorityClass', 'stalk-broker').metadata.annotations,
      says: [
        `PriorityClass/stalk-broker.metadata.annotations["argocd.argoproj.io/sync-wave"] must be a whole number, got nothing`,
      ],
    },
    {
      when: 'a Service comes with its Namespace',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => setWave(byKind('Service', 'web'), '0'),
      says: [
        `Service/web.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 0, the wave of Namespace/paless, got 0`,
      ],
    },
  ],
  'a workload comes after the configuration that it reads, the policies, the Redis and the migrations beside it':
    [
      {
        when: 'the workers come before their Redis',
        leaf: 'production/tenants/redline',
        spoil: ({ byKind }) => setWave(byKind('Deployment', 'worker-default'), '1'),
        says: [
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of ConfigMap/app-config, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of ConfigMap/stalk-loader, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of ExternalSecret/redis-users, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of NetworkPolicy/to-broker, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of NetworkPolicy/to-cache, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 1, the wave of NetworkPolicy/to-web, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 2, the wave of StatefulSet/cache, got 1`,
          `Deployment/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 2, the wave of StatefulSet/redis, got 1`,
        ],
      },
      {
        when: 'the app comes with its migrations',
        leaf: 'production/tenants/jewelry-shop',
        spoil: ({ byKind }) => {
          const { metadata } = byKind('Job', 'migrate');
          metadata.name = 'migrate-0123456789';
          setWave(byKind('Deployment', 'web'), metadata.annotations['argocd.argoproj.io/sync-wave']);
        },
        says: [
          `Deployment/web.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 4, the wave of Job/migrate-0123456789, got 4`,
        ],
      },
    ],
  'a scaler comes after what it scales, a replica after its primary': [
    {
      when: 'a scaler comes too early',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => setWave(byKind('ScaledObject', 'worker-default'), '1'),
      says: [
        `ScaledObject/worker-default.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 3, the wave of Deployment/worker-default, got 1`,
      ],
    },
    {
      when: 'a replica comes with its primary',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) => setWave(byKind('StatefulSet', 'redis-replica'), '1'),
      says: [
        `StatefulSet/redis-replica.metadata.annotations["argocd.argoproj.io/sync-wave"] must be over 2, the wave of StatefulSet/redis, got 1`,
      ],
    },
  ],
  'a claim comes with its first consumer, as it may bind no sooner': [
    {
      when: 'Argo CD would wait for a claim that waits for its pod',
      leaf: 'staging/tenants/redline',
      spoil: ({ byKind }) => setWave(byKind('PersistentVolumeClaim', 'data'), '1'),
      says: [
        `PersistentVolumeClaim/data.metadata.annotations["argocd.argoproj.io/sync-wave"] must be 3, that of its first pod, got 1`,
      ],
    },
  ],
  'a CronJob comes last, so that a run that failed holds nothing back': [
    {
      when: 'something comes after backups',
      leaf: 'lab/brokers/kept',
      spoil: ({ byKind }) => setWave(byKind('Service', 'redis'), '9'),
      says: ['redis-backup', 'redis-drill'].map(
        (name) =>
          `CronJob/${name}.metadata.annotations["argocd.argoproj.io/sync-wave"] must be 9, the last one, as a run that failed would keep others from being applied, got 3`,
      ),
    },
  ],
  'what holds data is pruned by nobody without being asked, and nothing else is guarded': [
    {
      when: 'a claim may be pruned',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('PersistentVolumeClaim', 'media').metadata.annotations[
          'kustomize.toolkit.fluxcd.io/prune'
        ],
      says: [
        `PersistentVolumeClaim/media.metadata.annotations["kustomize.toolkit.fluxcd.io/prune"] must be "disabled", got nothing`,
      ],
    },
    {
      when: 'a Deployment cannot be pruned',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').metadata.annotations['kustomize.toolkit.fluxcd.io/prune'] = 'disabled'),
      says: [
        `Deployment/beat.metadata.annotations["kustomize.toolkit.fluxcd.io/prune"] must be left out, got "disabled"`,
      ],
    },
  ],
};
