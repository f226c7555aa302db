// The GitOps tree as text: a folder for each leaf with a file for each object, and what Argo CD and Flux need to find them.

import type { Leaf, Platform } from '../platform';
import { argoFiles } from './argocd';
import { extraOf, refuseTwins } from './extra';
import type { Extra, ExtraFile } from './extra';
import { fluxFiles } from './flux';
import { kustomization } from './kustomization';
import { fileOf } from './manifest';
import type { Manifest } from './manifest';
import { manifestsOf } from './manifests';
import type { Rendered } from './manifests';
import { problemsOf, RenderError } from './render-error';
import { programFolders, programsOf, RUNTIME_FOLDER } from './runtime';
import type { RuntimeProgram } from './runtime';
import { toYaml } from './yaml';

/** A folder of the tree. */
export interface TreeFolder {
  /** From the tree's root: `dev/tenants/acme`. */
  readonly path: string;
  /** Text of each file by its name. */
  readonly files: ReadonlyMap<string, string>;
  /** Absent for what is no leaf: the environment's own folder, `gitops/`. */
  readonly leaf?: LeafObjects;
}

/** The objects of a leaf, as they are written. */
export interface LeafObjects {
  readonly platform: Platform;
  readonly leaf: Leaf;
  readonly manifests: readonly Manifest[];
  /** Those of them that lie in no file of the folder, as the environment's tree holds them once. */
  readonly programs: readonly Manifest[];
  /** Objects of the user's own, from `stacks/extra/`. */
  readonly extra: readonly Manifest[];
  /** Paths of all folders that hold its objects: its own, and those of its programs. */
  readonly folders: readonly string[];
}

/**
 * Renders folder by folder, so that a thousand tenants need no more memory than ten.
 * Throws one error for all patches and files of the user's own that are wrong in any of them.
 */
export function renderTree(
  platforms: readonly Platform[],
  extra: Extra,
  visit: (folder: TreeFolder) => void,
  skip: (platform: Platform, leaf: Leaf) => boolean = () => false,
): void {
  const problems = platforms.flatMap((platform) => {
    foldersAround(platform).forEach(visit);
    const bases = new Set<string>();
    return platform.leaves.flatMap((leaf) =>
      problemsOf(() => {
        if (skip(platform, leaf)) return;
        const rendered = manifestsOf(leaf);
        const programs = programsOf(rendered);
        visit(leafFolder({ platform, leaf, rendered, programs, extra: extraOf(extra, platform, leaf) }));
        programFolders(leaf.folder, [...programs.values()], bases).forEach(({ path, files }) =>
          visit({ path: `${platform.environment.name}/${path}`, files }),
        );
      }),
    );
  });
  if (problems.length > 0) throw new RenderError(problems);
}

interface LeafProps {
  readonly platform: Platform;
  readonly leaf: Leaf;
  readonly rendered: readonly Rendered[];
  readonly programs: ReadonlyMap<Manifest, RuntimeProgram>;
  readonly extra: readonly ExtraFile[];
}

function leafFolder({ platform, leaf, rendered, programs, extra }: LeafProps): TreeFolder {
  const files = new Map<string, string>();
  const manifests = rendered.map(({ manifest }) => manifest);
  for (const manifest of manifests) {
    if (programs.has(manifest)) continue;
    refuseSecret(manifest, platform.environment.disposable);
    const file = fileOf(manifest);
    if (files.has(file)) throw new Error(`${leaf.folder}: two objects are called ${file}`);
    files.set(file, written(`${leaf.folder}/${file}`, manifest));
  }
  refuseTwins(extra, manifests);
  for (const { name, text } of extra) files.set(name, text);
  const listed = [...files.keys(), ...(programs.size > 0 ? [RUNTIME_FOLDER] : [])];
  files.set('kustomization.yaml', kustomization(listed));
  const path = `${platform.environment.name}/${leaf.folder}`;
  const bases = [...programs.values()].map(({ folder }) => `${platform.environment.name}/${folder}`);
  return {
    path,
    files,
    leaf: {
      platform,
      leaf,
      manifests,
      programs: [...programs.keys()],
      extra: extra.flatMap((file) => file.manifests),
      folders: [path, ...(bases.length > 0 ? [`${path}/${RUNTIME_FOLDER}`, ...bases] : [])],
    },
  };
}

/** What stands beside the leaves. */
function foldersAround({ environment, leaves }: Platform): readonly TreeFolder[] {
  const { name, gitops } = environment;
  const folder = (path: string, files: Readonly<Record<string, string>>): TreeFolder => ({
    path,
    files: new Map(Object.entries(files)),
  });
  return [
    folder(name, { 'kustomization.yaml': kustomization(leaves.map((leaf) => leaf.folder)) }),
    ...(gitops
      ? [
          folder(`${name}/gitops/argocd`, argoFiles(name, gitops)),
          folder(`${name}/gitops/flux`, fluxFiles(name, gitops, leaves)),
        ]
      : []),
  ];
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
