#!/usr/bin/env node
// `npx stalk`: the command line of lib/cli, from the repository's TypeScript.

require('./register.cjs');

const { main } = require('../lib/cli/main');
const { ioOf } = require('../lib/cli/streams');

/** Milliseconds in which output drains; a socket that waits for a silent server would hold the process for minutes. */
const DRAIN = 1000;

main(process.argv.slice(2), ioOf(process.stdout, process.stderr)).then((code) => {
  process.exitCode = code;
  setTimeout(() => process.exit(), DRAIN).unref();
});
