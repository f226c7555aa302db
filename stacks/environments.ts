// The clusters: one to throw away, one to live in. Names, classes and hosts here are examples: put in your own.

import type { Environment } from '../lib';

const REPO = 'https://git.example.com/platform/tenants.git';

export const environments: readonly Environment[] = [
  {
    name: 'dev',
    disposable: true,
    storageClass: 'local-path',
    secrets: { strategy: 'literal' },
    brokers: { main: { topology: 'standalone' } },
    gitops: { repo: REPO, revision: 'main', path: 'dist/dev' },
  },
  {
    name: 'production',
    storageClass: 'standard',
    secrets: { strategy: 'existing' },
    brokers: { main: { topology: 'standalone', memory: '1Gi', storage: '8Gi' } },
    gitops: { repo: REPO, revision: 'main', path: 'dist/production' },
  },
];
