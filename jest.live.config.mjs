import base from './jest.config.mjs';

const run = (part) => `<rootDir>/test/live/run/${part}.cjs`;

/** Real servers started from the synthesized manifests, with time to come up; at the end, a table of promises. */
export default {
  ...base,
  roots: ['<rootDir>/test/live'],
  testPathIgnorePatterns: [],
  testTimeout: 120_000,
  maxWorkers: 2, // suites mostly wait, and share neither ports nor folders
  setupFilesAfterEnv: [run('once-more')],
  testSequencer: run('order'),
  globalSetup: run('setup'),
  globalTeardown: run('teardown'),
  reporters: ['default', run('reporter')],
};
