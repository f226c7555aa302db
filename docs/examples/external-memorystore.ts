import type { Environment } from '../../lib';

/** Memorystore for Redis with AUTH and in-transit encryption: one user, an authority of the instance's own. */
export const production: Environment = {
  name: 'production',
  storageClass: 'premium-rwo',
  secrets: { strategy: 'existing' },
  brokers: {
    main: {
      topology: 'external',
      host: '10.30.0.4',
      port: 6378,
      cidrs: ['10.30.0.4/32'],
      username: 'default',
      tls: { secret: 'memorystore-authority' }, // ca.crt: all authorities that the console shows
    },
  },
};
