import base from './jest.config.mjs';

/** The packed package in an empty folder: needs npm, and a registry or npm's own cache of it. One step after the other. */
export default {
  ...base,
  roots: ['<rootDir>/test/package'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
  maxWorkers: 1,
};
