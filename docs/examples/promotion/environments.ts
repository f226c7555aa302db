import { imagesFrom } from '../../../lib';
import type { Environment } from '../../../lib';

const REPO = 'https://git.example.com/platform/tenants.git';

export const environments: readonly Environment[] = [
  {
    name: 'dev',
    storageClass: 'standard',
    secrets: { strategy: 'existing' },
    brokers: { main: { topology: 'standalone' } },
    images: imagesFrom(__dirname, 'images.dev.yaml'),
    gitops: { repo: REPO, revision: 'main', path: 'dist/dev' },
  },
  {
    name: 'production',
    storageClass: 'standard',
    secrets: { strategy: 'existing' },
    brokers: { main: { topology: 'standalone' } },
    images: imagesFrom(__dirname, 'images.production.json'),
    gitops: {
      repo: REPO,
      revision: 'main',
      path: 'dist/production',
      argocd: { project: 'tenants', destination: { name: 'production' }, automated: { prune: false } },
      flux: { secret: 'tenants-repository', serviceAccount: 'tenants' },
    },
  },
];
