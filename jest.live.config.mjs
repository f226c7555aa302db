import base from './jest.config.mjs';

/** Real servers started from the synthesized manifests: one suite at a time, with time to come up. */
export default {
  ...base,
  roots: ['<rootDir>/test/live'],
  testPathIgnorePatterns: [],
  testTimeout: 120_000,
  maxWorkers: 1,
};
