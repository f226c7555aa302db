import base from './jest.config.mjs';

/** The life of a broker on a cluster given by KUBECONFIG: growth and change. */
export default {
  ...base,
  roots: ['<rootDir>/test/life'],
  testPathIgnorePatterns: [],
  // Half of it is what a slow node takes to start all pods
  testTimeout: 600_000,
  maxWorkers: 1,
};
