import base from './jest.config.mjs';

/** A real API server, given by KUBECONFIG: one environment after the other, for they share their namespaces. */
export default {
  ...base,
  roots: ['<rootDir>/test/api'],
  testPathIgnorePatterns: [],
  testTimeout: 180_000,
  maxWorkers: 1,
};
