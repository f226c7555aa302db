import base from './jest.config.mjs';

/** What only a process of its own shows: pipes, exit codes, flags of Node, kubectl, the sweeper of the live suite. */
export default {
  ...base,
  roots: ['<rootDir>/test/commands'],
  testPathIgnorePatterns: [],
  testTimeout: 120_000,
};
