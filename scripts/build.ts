/** Builds the package into build/lib: JavaScript, declarations, source maps, files read at run time, schemas for editors. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { jsonSchemas } from './schema';

const root = join(__dirname, '..');

const TEMPLATE = join('lib', 'scaffold', 'template') + sep;
const AT_RUN_TIME = ['.py', '.sh', '.awk', '.lua', '.json'];

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
  writeSchemas(join(root, 'build', 'lib', 'schemas'));
}

/** For editors: `tenant.json` and `environment.json`. */
function writeSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [type, schema] of Object.entries(jsonSchemas()))
    writeFileSync(join(folder, `${type.toLowerCase()}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}

if (require.main === module) build();
