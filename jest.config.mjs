import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('./scripts/register.cjs');
const { ELSEWHERE } = require('./test/support/suites.ts');

/** Node only: what needs a server, a cluster or an API lives in the folders left out here. */
export default {
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  maxWorkers: '100%', // jest leaves one core idle, and CI has two
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ELSEWHERE.map((folder) => `/test/${folder}/`),
  sandboxInjectedGlobals: ['Array', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Set', 'String'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
