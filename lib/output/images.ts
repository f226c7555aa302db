// Reads the versions of an environment's images from a file that a person or a pipeline writes.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { Images } from '../spec';

/**
 * Versions by tenant from a JSON or YAML file, for `Environment.images`.
 *
 * The path is given in parts, the first of which is `__dirname`: `imagesFrom(__dirname, 'images', 'production.yaml')`.
 */
export function imagesFrom(folder: string, ...path: readonly string[]): Images {
  const absolute = join(folder, ...path);
  const file = [basename(folder), ...path].join('/');
  if (!existsSync(absolute) || !statSync(absolute).isFile())
    throw new Error(`${file} must be a file with versions by tenant, got none; write {} into it to begin`);
  return { file, versions: content(readFileSync(absolute, 'utf8'), file) };
}

/** JSON is YAML; an empty file holds no versions yet. The rules judge what is in it. */
function content(text: string, file: string): Images['versions'] {
  try {
    const value = parse(text) as Images['versions'] | null;
    return value === null ? {} : value;
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    throw new Error(
      `${file} must be JSON or YAML, got: ${reason.replace(/:$/, '')}; write one line for each tenant, like "acme: 2.4.1"`,
      { cause: error },
    );
  }
}
