// The GitOps tree as text: a folder for each leaf with a file for each object, and what Argo CD and Flux need to find them.

import type { Leaf, Platform } from '../platform';
import { argoFiles } from './argocd';
import { extraOf, refuseTwins } from './extra';
import type { Extra, ExtraFile } from './extra';
import { fluxFiles } from './flux';
import { kustomization } from './kustomization';
import { manifestsOf } from './manifests';
import type { Manifest } from './manifest';
import { problemsOf, RenderError } from './render-error';
import { toYaml } from './yaml';

/** A folder of the tree. */
export interface Folder {
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
  /** Objects of the user's own, from `stacks/extra/`. */
  readonly extra: readonly Manifest[];
}

/**
 * Renders folder by folder, so that a thousand tenants need no more memory than ten.
 * Throws one error for all patches and files of the user's own that are wrong in any of them.
 */
export function renderTree(
  platforms: readonly Platform[],
  extra: Extra,
  visit: (folder: Folder) => void,
): void {
  const problems = platforms.flatMap((platform) => {
    foldersAround(platform).forEach(visit);
    return platform.leaves.flatMap((leaf) =>
      problemsOf(() => visit(leafFolder(platform, leaf, extraOf(extra, platform, leaf)))),
    );
  });
  if (problems.length > 0) throw new RenderError(problems);
}

function leafFolder(platform: Platform, leaf: Leaf, extra: readonly ExtraFile[]): Folder {
  const files = new Map<string, string>();
  const manifests = manifestsOf(leaf).map(({ manifest }) => manifest);
  for (const manifest of manifests) {
    refuseSecret(manifest, platform.environment.disposable);
    const file = `${manifest.kind}-${manifest.metadata.name}.yaml`.toLowerCase();
    if (files.has(file)) throw new Error(`${leaf.folder}: two objects are called ${file}`);
    files.set(file, written(`${leaf.folder}/${file}`, manifest));
  }
  refuseTwins(extra, manifests);
  for (const { name, text } of extra) files.set(name, text);
  files.set('kustomization.yaml', kustomization([...files.keys()]));
  return {
    path: `${platform.environment.name}/${leaf.folder}`,
    files,
    leaf: { platform, leaf, manifests, extra: extra.flatMap((file) => file.manifests) },
  };
}

/** What stands beside the leaves. */
function foldersAround({ environment, leaves }: Platform): readonly Folder[] {
  const { name, gitops } = environment;
  const folder = (path: string, files: Readonly<Record<string, string>>): Folder => ({
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
