/** Node only: what needs a server, a cluster or an API lives in the folders left out here. */
export default {
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  maxWorkers: '100%', // jest leaves one core idle, and CI has two
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/test/live/',
    '/test/e2e/',
    '/test/api/',
    '/test/pulumi/',
    '/test/package/',
    '/test/commands/',
    '/test/newcomer/',
    '/test/life/',
    '/test/watched/',
  ],
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
