import base from './jest.config.mjs';

/** The reference tenants on a cluster with nodes, given by KUBECONFIG. */
export default {
  ...base,
  roots: ['<rootDir>/test/e2e'],
  testPathIgnorePatterns: [],
  // Half of it is what slow nodes take to start 14 pods
  testTimeout: 600_000,
  maxWorkers: 1,
};
