import base from './jest.config.mjs';

/** The reference tenants on a cluster with nodes, given by KUBECONFIG. */
export default {
  ...base,
  roots: ['<rootDir>/test/e2e'],
  testPathIgnorePatterns: [],
  globalSetup: '<rootDir>/test/e2e/setup.cjs',
  globalTeardown: '<rootDir>/test/e2e/teardown.cjs',
  testSequencer: '<rootDir>/test/e2e/order.cjs',
  // Half of it is what slow nodes take to start all pods
  testTimeout: 600_000,
  maxWorkers: 1,
};
