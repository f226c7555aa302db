import type { Environment, Tenant } from '../../lib';

/** A Valkey that another team runs on machines of its own, with ACL users: `npx stalk acl main --env production`. */
export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'externalSecrets', store: 'vault', path: 'stalk/production' },
  brokers: {
    main: {
      topology: 'external',
      host: 'valkey.example.com',
      cidrs: ['10.50.0.10/32', '10.50.0.11/32'],
      tls: { secret: 'company-authority' },
    },
  },
};

/** Its cache is another server of theirs. */
export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  cache: { topology: 'external', host: 'valkey-cache.example.com', cidrs: ['10.50.0.20/32'] },
  env: { CACHE_URL: { from: 'cache.url' } },
};
