import base from './jest.config.mjs';
import suites from './test/support/suites.cjs';

/** As jest.config.mjs, in one process: packages are loaded once, and reference tenants rendered once. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/all.ts', ...suites.apart().map((file) => `<rootDir>/test/${file}`)],
  testTimeout: 120_000,
  maxWorkers: 1,
};
