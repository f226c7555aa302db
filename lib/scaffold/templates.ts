// The files of a new project, as they lie in `template/`.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { NEWEST } from '../spec/runtimes';

/** npm leaves files out of a package, and Git reads rules from them, where their names begin with a dot. */
const DOT = /(^|\/)_/g;

const NAME = /PROJECT_NAME/g;
const RUNTIME = /RUNTIME_VERSION/g;

/** Text of each file by its path in the project. */
export function templates(name: string, pulumi: boolean): ReadonlyMap<string, string> {
  const folders = ['base', ...(pulumi ? ['pulumi'] : [])].map((folder) =>
    join(__dirname, 'template', folder),
  );
  return new Map(
    folders.flatMap((folder) =>
      filesBelow(folder).map((file): [string, string] => [
        relative(folder, file).split(sep).join('/').replace(DOT, '$1.'),
        readFileSync(file, 'utf8')
          .replace(NAME, () => name)
          .replace(RUNTIME, NEWEST),
      ]),
    ),
  );
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
