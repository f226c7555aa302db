import type { Environment } from '../../lib';

/** Azure Managed Redis with the clustering policy Non-clustered, behind a private endpoint: one user, one database. */
export const production: Environment = {
  name: 'production',
  storageClass: 'managed-csi',
  secrets: { strategy: 'existing' },
  brokers: {
    main: {
      topology: 'external',
      host: 'jobs.westeurope.redis.azure.net',
      port: 10_000,
      cidrs: ['10.40.0.5/32'],
      username: 'default',
      databases: 1,
      tls: true,
    },
  },
};
