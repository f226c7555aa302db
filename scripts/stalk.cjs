#!/usr/bin/env node
// `npx stalk`: the command line of lib/cli, compiled in the package, as TypeScript in a clone.

const { existsSync } = require('node:fs');
const { join } = require('node:path');

require('./register.cjs'); // a user's list is TypeScript in both

const compiled = join(__dirname, '..', 'build', 'lib');
const lib = existsSync(join(__dirname, '..', 'lib')) ? join(__dirname, '..', 'lib') : compiled;

const { main } = require(join(lib, 'cli', 'main'));
const { ioOf } = require(join(lib, 'cli', 'streams'));

/** Milliseconds in which output drains; a socket that waits for a silent server would hold the process for minutes. */
const DRAIN = 1000;

main(process.argv.slice(2), ioOf(process.stdout, process.stderr)).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), DRAIN).unref();
});
