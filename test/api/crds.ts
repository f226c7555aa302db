// CustomResourceDefinitions that the cluster lacks, for as long as a suite runs.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asked, lines } from './kubectl';

export const filesIn = (folder: string | undefined): readonly string[] =>
  folder === undefined ? [] : readdirSync(folder).map((file) => join(folder, file));

/** Installs those that are not there. @returns their names, to be removed */
export function installCrds(files: readonly string[]): readonly string[] {
  const there = new Set(lines(asked('get', 'crd', '-o', 'name')).map((name) => name.split('/')[1]));
  const missing = files.filter((file) => !there.has(nameIn(basename(file))));
  if (missing.length === 0) return [];
  const asArgs = missing.flatMap((file) => ['-f', file]);
  asked('apply', '--server-side', ...asArgs);
  asked('wait', '--for=condition=Established', '--timeout=60s', ...asArgs);
  return missing.map((file) => nameIn(basename(file)));
}

/** A file of a Go module, which the Go command fetches; none where there is no Go or no way to the module. */
export function fileOfModule(module: string, path: string): string | undefined {
  const { stdout } = spawnSync('go', ['mod', 'download', '-json', module], {
    encoding: 'utf8',
    cwd: '/', // outside any module
    timeout: 120_000,
  });
  const [, folder] = /"Dir": "([^"]+)"/.exec(String(stdout)) ?? [];
  const file = folder === undefined ? path : join(folder, path);
  return existsSync(file) ? file : undefined;
}

/** `keda.sh_scaledobjects.yaml` holds `scaledobjects.keda.sh`. */
function nameIn(file: string): string {
  const [group, plural] = file.replace(/\.yaml$/, '').split('_');
  return `${plural}.${group}`;
}
