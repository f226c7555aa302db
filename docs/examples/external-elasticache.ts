import type { Environment, Tenant } from '../../lib';

/** ElastiCache, cluster mode disabled, with a user group; `npx stalk acl main --env production --as access-strings`. */
export const production: Environment = {
  name: 'production',
  storageClass: 'gp3',
  secrets: { strategy: 'externalSecrets', store: 'aws', path: 'stalk/production' },
  brokers: {
    main: {
      topology: 'external',
      host: 'master.jobs.abc123.euc1.cache.amazonaws.com', // the primary endpoint
      cidrs: ['10.20.0.0/24', '10.20.1.0/24'], // its subnet group: a failover moves within it
      tls: true,
      maxClients: 65_000,
    },
  },
};

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
};
