// The clusters. Names and classes here are examples: put in your own.

import type { Environment } from '@stalk/stalk';

export const environments: readonly Environment[] = [
  {
    name: 'dev',
    // Passwords are in plain sight, and data may be lost. Leave it out for an environment to live in.
    disposable: true,
    secrets: { strategy: 'literal' },
    // A class that the cluster has: kubectl get storageclass
    storageClass: 'standard',
    // A Redis that tenants share
    brokers: { main: { topology: 'standalone' } },
    // Stalk's own code in your pods: an upgrade of Stalk restarts nothing for it until you change this line
    runtime: 'RUNTIME_VERSION',
    // For Argo CD and Flux: where they find this environment's folder
    // gitops: { repo: 'https://git.example.com/team/tenants.git', revision: 'main', path: 'dist/dev' },
  },
];
