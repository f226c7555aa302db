import type { Environment } from '../../lib';

export const dev: Environment = {
  name: 'dev',
  disposable: true,
  storageClass: 'standard',
  secrets: { strategy: 'literal' },
  brokers: { main: { topology: 'standalone' } },
};
