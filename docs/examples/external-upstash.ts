import type { Environment } from '../../lib';

/** Upstash, over the internet: its addresses are not fixed, so the policy lets pods reach its port anywhere. */
export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: {
    main: {
      topology: 'external',
      host: 'eu1-jobs-12345.upstash.io',
      cidrs: ['0.0.0.0/0'],
      username: 'default',
      databases: 1,
      maxClients: 1000,
      tls: true,
    },
  },
};
