// Reads the versions of an environment's images from a file that a person or a pipeline writes.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Images } from '../spec';
import { show } from '../spec/rules';
import { valuesIn } from './yaml-file';
import type { NoYaml } from './yaml-file';

/**
 * Versions by tenant from a JSON or YAML file, for `Environment.images`.
 *
 * The path is given in parts, the first of which is `__dirname`: `imagesFrom(__dirname, 'images', 'production.yaml')`.
 */
export function imagesFrom(folder: string, ...path: readonly string[]): Images {
  const absolute = join(folder, ...path);
  const file = [basename(folder), ...path].join('/');
  if (!existsSync(absolute) || !statSync(absolute).isFile())
    throw new ImagesError(
      `${file} must be a file with versions by tenant, got none; write {} into it to begin`,
    );
  return { file, versions: content(readFileSync(absolute, 'utf8'), file) };
}

/** A file that cannot be read; it is told as it stands. */
export class ImagesError extends Error {}

/** JSON is YAML, except where a comma or a value is missing; an empty file holds no versions yet. The rules judge what is in it. */
function content(text: string, file: string): Images['versions'] {
  const values = file.endsWith('.json') ? jsonIn(text) : valuesIn(text);
  if ('wrong' in values)
    throw new ImagesError(
      `${file}${values.at} must be JSON or YAML, got ${show(values.wrong)}; write one line for each tenant, like "acme: 2.4.1"`,
    );
  if (values.length > 1)
    throw new ImagesError(`${file} must hold one document, got ${values.length}; remove the line ---`);
  const [versions = {}] = values;
  return versions as Images['versions'];
}

function jsonIn(text: string): readonly unknown[] | NoYaml {
  try {
    if (text.trim() !== '') JSON.parse(text);
  } catch (error) {
    return { wrong: (error as Error).message, at: '' };
  }
  // Two lines for one tenant are fine for JSON.parse
  return valuesIn(text);
}
