// The GitOps tree: a folder for each leaf, a file for each object, and what Argo CD and Flux need to find them.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Leaf, Platform } from '../platform';
import { argoFiles } from './argocd';
import { fluxFiles } from './flux';
import { kustomization } from './kustomization';
import { manifestsOf } from './manifests';
import { fileOf } from './manifest';
import type { Manifest } from './manifest';
import { PatchError } from './patches';
import { baseFiles, programsOf, RUNTIME_FOLDER, takenFrom } from './runtime';
import type { Program } from './runtime';
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

/** An environment's part of the tree while it grows. */
interface Place {
  readonly folder: string;
  readonly disposable: boolean;
  /** Bases that are there already. */
  readonly bases: Set<string>;
}

function writeEnvironment(
  platform: Platform,
  folder: string,
): Written & { readonly problems: readonly string[] } {
  const { environment, tenants, leaves } = platform;
  const place: Place = { folder, disposable: environment.disposable, bases: new Set() };
  let objects = 0;
  const problems: string[] = [];
  for (const leaf of leaves) {
    try {
      objects += writeLeaf(leaf, place);
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
function writeLeaf(leaf: Leaf, place: Place): number {
  const folder = join(place.folder, leaf.folder);
  mkdirSync(folder, { recursive: true });
  const files = new Set<string>();
  const rendered = manifestsOf(leaf);
  const programs = programsOf(rendered);
  for (const { manifest } of rendered) {
    if (programs.has(manifest)) continue;
    refuseSecret(manifest, place.disposable);
    const file = fileOf(manifest);
    if (files.has(file)) throw new Error(`${leaf.folder}: two objects are called ${file}`);
    files.add(file);
    writeFileSync(join(folder, file), written(`${leaf.folder}/${file}`, manifest));
  }
  const taken = writePrograms([...programs.values()], leaf.folder, place);
  writeFileSync(join(folder, 'kustomization.yaml'), kustomization([...files, ...taken]));
  return rendered.length;
}

/** Returns what the leaf's own kustomization lists besides its files. */
function writePrograms([first, ...more]: readonly Program[], leaf: string, place: Place): readonly string[] {
  if (first === undefined) return [];
  for (const program of [first, ...more]) {
    if (place.bases.has(program.folder)) continue;
    place.bases.add(program.folder);
    writeFiles(join(place.folder, program.folder), baseFiles(program));
  }
  writeFiles(join(place.folder, leaf, RUNTIME_FOLDER), {
    'kustomization.yaml': takenFrom(leaf, [first, ...more]),
  });
  return [RUNTIME_FOLDER];
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
