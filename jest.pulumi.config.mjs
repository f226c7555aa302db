import base from './jest.config.mjs';

/** A real engine, provider and API server: one stack after the other, each with time to come up and go. */
export default {
  ...base,
  roots: ['<rootDir>/test/pulumi'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
  maxWorkers: 1,
};
