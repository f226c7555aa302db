import base from './jest.config.mjs';

/** The reference tenants with monitoring, and a Prometheus that watches them, on a cluster given by KUBECONFIG. */
export default {
  ...base,
  roots: ['<rootDir>/test/watched'],
  testPathIgnorePatterns: [],
  // Half of it is what a slow node takes to start all pods
  testTimeout: 900_000,
  maxWorkers: 1,
};
