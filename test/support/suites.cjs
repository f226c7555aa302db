// Which test files `npm test` runs together, and which need a registry of modules of their own.

const { readdirSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '..');

/** What needs a server, a cluster, an API or a process lies in these. */
const ELSEWHERE = ['live', 'e2e', 'api', 'pulumi', 'package', 'commands'];

const files = () =>
  readdirSync(ROOT, { recursive: true })
    .filter((file) => file.endsWith('.test.ts') && !ELSEWHERE.includes(file.split('/')[0]))
    .sort();

/** A mocked module would be mocked for all. */
const mocks = (file) => /^jest\.mock\(/m.test(readFileSync(join(ROOT, file), 'utf8'));

module.exports = {
  together: () => files().filter((file) => !mocks(file)),
  apart: () => files().filter(mocks),
};
