// Builds the package's code into build/lib: JavaScript, declarations, source maps, and the files that are read at run time.

const { execFileSync } = require('node:child_process');
const { cpSync, rmSync } = require('node:fs');
const { join, extname } = require('node:path');

const root = join(__dirname, '..');
const out = join(root, 'build', 'lib');

rmSync(out, { recursive: true, force: true });
execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

const TEMPLATE = join(root, 'lib', 'scaffold', 'template');
const AT_RUN_TIME = new Set(['.py', '.sh']);

/** Python leaves folders of its own beside a loader that a test has run. */
const isRead = (file) => file.startsWith(TEMPLATE) || AT_RUN_TIME.has(extname(file));

cpSync(join(root, 'lib'), out, {
  recursive: true,
  filter: (file) => !file.includes('__pycache__') && (extname(file) === '' || isRead(file)),
});
