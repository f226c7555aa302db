/** Builds the package's code into build/lib: JavaScript, declarations, source maps, and the files that are read at run time. */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const root = join(__dirname, '..');

const TEMPLATE = join('lib', 'scaffold', 'template') + sep;
const AT_RUN_TIME = ['.py', '.sh', '.awk'];

/** Files that are no code of lib's own and go along as they are, from the repository's root. */
export const copied = (): readonly string[] =>
  readdirSync(join(root, 'lib'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => file.startsWith(TEMPLATE) || AT_RUN_TIME.includes(extname(file)));

function build(): void {
  rmSync(join(root, 'build', 'lib'), { recursive: true, force: true });
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  for (const file of copied()) cpSync(join(root, file), join(root, 'build', file));
}

if (require.main === module) build();
