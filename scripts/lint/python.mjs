// Reads every Python file with ruff, which comes as WebAssembly in a package: `npm run lint:python`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { filesIn, report } from './files.mjs';

/** https://docs.astral.sh/ruff/rules: errors, unused names, imports, likely bugs, old and roundabout forms. */
const RULES = ['E', 'F', 'W', 'A', 'B', 'C4', 'I', 'PERF', 'PIE', 'PT', 'RET', 'RUF', 'SIM', 'UP'];

const LEFT_OUT = [
  'PERF203', // `try` in a loop costs nothing since Python 3.11, and each of ours belongs to one turn
  'PT011', // tests compare the whole message
  'RUF002', // sentences have dashes and quotes
];

const SETTINGS = {
  'target-version': 'py39', // the oldest that an image may have: docs/images.md
  'line-length': 125,
  lint: {
    select: RULES,
    ignore: LEFT_OUT,
    isort: { 'known-first-party': ['app', 'jobs', 'redline'] }, // apps that tests run, each beside its programs
  },
};

const root = process.argv[2] ?? process.cwd();
const workspace = new Workspace(SETTINGS, PositionEncoding.Utf32);
const files = filesIn(root).filter((file) => file.endsWith('.py'));
const found = files.flatMap((file) =>
  workspace
    .check(readFileSync(join(root, file), 'utf8'))
    .map(({ code, message, start_location: { row, column } }) =>
      `${file}:${row}:${column} ${code ?? 'syntax'} ${message}`.trimEnd(),
    ),
);
report(`ruff ${Workspace.version()}`, files.length, found);
