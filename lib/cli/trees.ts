// Rendered trees as text: the one on disk, and the one that the list renders now.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { writeGitOps } from '..';
import type { Platform } from '..';
import type { Files } from '../diff';

/** YAML files below a folder; none where it is not there. */
export function filesIn(folder: string): Files {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(folder, file).split(sep).join('/'), readFileSync(file, 'utf8')]),
  );
}

/** Through the writer of `stalk synth`, into a folder that is gone afterwards. */
export function filesOf(platforms: readonly Platform[]): Files {
  const scratch = mkdtempSync(join(tmpdir(), 'stalk-diff-'));
  try {
    writeGitOps(platforms, join(scratch, 'dist'));
    return filesIn(join(scratch, 'dist'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
