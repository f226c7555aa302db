// Three clusters: one to throw away, one to rehearse in, one to live in.

import type { Environment } from '../../lib';

const REPO = 'https://git.example.com/platform/stalk.git';

const ingress = {
  namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
  pods: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
};

const prometheus = {
  namespace: { 'kubernetes.io/metadata.name': 'monitoring' },
  pods: { 'app.kubernetes.io/name': 'prometheus' },
};

/** Two tenants of the tier Small at 1 GB each: the limit of 2Gi that docs/systems/paperless.md takes from its text. */
const shared = {
  topology: 'standalone',
  cpu: { request: '250m', limit: '1' },
  memory: { request: '1Gi', limit: '2Gi' },
  storage: '8Gi',
} as const;

export const environments: readonly Environment[] = [
  {
    name: 'dev',
    disposable: true,
    storageClass: 'local-path',
    secrets: { strategy: 'literal' },
    brokers: { shared: { topology: 'standalone', storage: '1Gi' } },
    gitops: { repo: REPO, revision: 'main', path: 'dist/dev' },
  },
  {
    name: 'staging',
    storageClass: 'local-path',
    secrets: { strategy: 'existing' },
    brokers: { shared },
    registry: 'registry.example.com',
    gitops: { repo: REPO, revision: 'main', path: 'dist/staging' },
    peers: { ingress, prometheus },
  },
  {
    name: 'production',
    storageClass: 'local-path',
    secrets: { strategy: 'externalSecrets', store: 'platform', path: 'stalk/production' },
    brokers: { shared },
    zones: ['zone-a', 'zone-b', 'zone-c'],
    registry: 'registry.example.com',
    gitops: { repo: REPO, revision: 'main', path: 'dist/production' },
    peers: {
      ingress,
      prometheus,
      keda: {
        namespace: { 'kubernetes.io/metadata.name': 'keda' },
        pods: { app: 'keda-operator' }, // its chart and its plain YAML have it
      },
    },
  },
];
