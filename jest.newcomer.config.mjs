import base from './jest.config.mjs';

/** docs/first-task.md on a cluster with one node, given by KUBECONFIG. */
export default {
  ...base,
  roots: ['<rootDir>/test/newcomer'],
  testPathIgnorePatterns: [],
  // Redis and a worker start in it, and a verify asks them
  testTimeout: 600_000,
  maxWorkers: 1,
};
