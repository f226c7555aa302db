// CustomResourceDefinitions that the cluster lacks, for as long as a suite runs.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asked, lines } from './kubectl';

/** Installs those of the folder that are not there. @returns their names, to be removed */
export function installCrds(folder: string | undefined): readonly string[] {
  if (folder === undefined) return [];
  const there = new Set(lines(asked('get', 'crd', '-o', 'name')).map((name) => name.split('/')[1]));
  const missing = readdirSync(folder).filter((file) => !there.has(nameIn(file)));
  if (missing.length === 0) return [];
  const files = missing.map((file) => ['-f', join(folder, file)]).flat();
  asked('apply', '--server-side', ...files);
  asked('wait', '--for=condition=Established', '--timeout=60s', ...files);
  return missing.map(nameIn);
}

/** `keda.sh_scaledobjects.yaml` holds `scaledobjects.keda.sh`. */
function nameIn(file: string): string {
  const [group, plural] = file.replace(/\.yaml$/, '').split('_');
  return `${plural}.${group}`;
}
