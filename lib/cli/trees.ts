// Rendered trees as text: the one on disk, and the one that the list renders now.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Platform } from '..';
import type { Files } from '../diff';
import { readExtra } from '../output/extra';
import { renderTree } from '../output/tree';

/** YAML files below a folder; none where it is not there. */
export function filesIn(folder: string): Files {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(folder, file).split(sep).join('/'), readFileSync(file, 'utf8')]),
  );
}

/** As `stalk synth` would write them, with the objects of the user's own in `extra`. */
export function filesOf(all: readonly Platform[], chosen: readonly Platform[], extra: string): Files {
  const files = new Map<string, string>();
  renderTree(chosen, readExtra(extra, all), (folder) => {
    for (const [name, text] of folder.files) files.set(`${folder.path}/${name}`, text);
  });
  return files;
}
