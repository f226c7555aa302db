import { createRequire } from 'node:module';
import base from './jest.config.mjs';

const require = createRequire(import.meta.url);
require('./scripts/register.cjs');
const { apart } = require('./test/support/suites.ts');

/** As jest.config.mjs, in one process: packages are loaded once, and the reference tenants rendered once. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/all.ts', ...apart.map((file) => `<rootDir>/test/${file}`)],
  testTimeout: 120_000,
  maxWorkers: 1,
};
