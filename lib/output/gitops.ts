// The GitOps tree: a folder for each leaf, a file for each object, and what Argo CD and Flux need to find them.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Leaf, Platform } from '../platform';
import type { Problem } from '../spec/rules';
import { argoFiles } from './argocd';
import { fluxFiles } from './flux';
import { kustomization } from './kustomization';
import { manifestsOf } from './manifests';
import type { Manifest } from './manifest';
import { PatchError } from './patches';
import { toYaml } from './yaml';

/** What was written, for people. */
export interface Written {
  readonly environment: string;
  readonly tenants: number;
  readonly objects: number;
}

/** Writes all environments, or, when anything is wrong, nothing: the old tree stays until the new one is complete. */
export function writeGitOps(platforms: readonly Platform[], folder: string): Written[] {
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`)); // beside it, as a rename stays on one disk
  try {
    const fresh = join(scratch, 'new'); // the scratch folder itself is its owner's alone
    mkdirSync(fresh);
    const written = platforms.map((platform) =>
      writeEnvironment(platform, join(fresh, platform.environment.name)),
    );
    const problems = written.flatMap((result) => result.problems);
    if (problems.length > 0) throw new PatchError(problems);
    swap(fresh, folder, join(scratch, 'old'));
    return written;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function swap(fresh: string, folder: string, old: string): void {
  const replaces = existsSync(folder);
  if (replaces) renameSync(folder, old);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (replaces) renameSync(old, folder);
    throw error;
  }
}

function writeEnvironment(
  platform: Platform,
  folder: string,
): Written & { readonly problems: readonly Problem[] } {
  const { environment, tenants, leaves } = platform;
  let objects = 0;
  const problems: Problem[] = [];
  for (const leaf of leaves) {
    try {
      objects += writeLeaf(leaf, join(folder, leaf.folder), environment.disposable);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      problems.push(...error.problems);
    }
  }
  writeFiles(folder, { 'kustomization.yaml': kustomization(leaves.map((leaf) => leaf.folder)) });
  if (environment.gitops) {
    writeFiles(join(folder, 'gitops', 'argocd'), argoFiles(environment.name, environment.gitops));
    writeFiles(join(folder, 'gitops', 'flux'), fluxFiles(environment.name, environment.gitops, leaves));
  }
  return { environment: environment.name, tenants: tenants.length, objects, problems };
}

/** Each file as soon as it is rendered: a thousand tenants need no more memory than ten. */
function writeLeaf(leaf: Leaf, folder: string, disposable: boolean): number {
  mkdirSync(folder, { recursive: true });
  const files = new Set<string>();
  for (const { manifest } of manifestsOf(leaf)) {
    refuseSecret(manifest, disposable);
    const file = `${manifest.kind}-${manifest.metadata.name}.yaml`.toLowerCase();
    if (files.has(file)) throw new Error(`${leaf.folder}: two objects are called ${file}`);
    files.add(file);
    writeFileSync(join(folder, file), written(`${leaf.folder}/${file}`, manifest));
  }
  writeFileSync(join(folder, 'kustomization.yaml'), kustomization([...files]));
  return files.size;
}

/** The emitter knows paths in a manifest; this says in which. */
function written(file: string, manifest: Manifest): string {
  try {
    return toYaml(manifest);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The last look before anything reaches Git. */
function refuseSecret({ kind, metadata }: Manifest, disposable: boolean): void {
  if (kind === 'Secret' && !disposable) {
    throw new Error(
      `Secret ${metadata.namespace}/${metadata.name} must not be rendered: the environment is not disposable`,
    );
  }
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
