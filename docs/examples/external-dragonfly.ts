import type { Environment } from '../../lib';

/** Dragonfly with `--requirepass`, without `--cache_mode`: one user for all. */
export const production: Environment = {
  name: 'production',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: {
    main: {
      topology: 'external',
      host: 'dragonfly.example.com',
      cidrs: ['10.60.0.10/32'],
      username: 'default',
    },
  },
};
