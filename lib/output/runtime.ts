// Programs that many leaves run, once in an environment's tree: a base by version, and what a leaf lays over it.

import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { RUNTIME_LABEL } from '../kube';
import { kustomization } from './kustomization';
import type { KustomizeOverlay } from './kustomization';
import { fileOf } from './manifest';
import type { Manifest } from './manifest';
import type { Rendered } from './manifests';
import { toYaml } from './yaml';

/** Of an environment, where its bases lie; of a leaf, where it takes them from there. */
export const RUNTIME_FOLDER = 'runtime';

/** A ConfigMap of programs in two parts. */
export interface RuntimeProgram {
  /** Below the environment's folder: `runtime/0.1.0/stalk-loader`. */
  readonly folder: string;
  /** The same in every namespace. */
  readonly base: Manifest;
  readonly overlay: KustomizeOverlay;
}

/** Those of a leaf, by manifest. One that a patch has changed is not among them: the leaf holds it whole. */
export function programsOf(rendered: readonly Rendered[]): ReadonlyMap<Manifest, RuntimeProgram> {
  const found = rendered.flatMap((one) => {
    const program = programOf(one);
    return program ? [[one.manifest, program] as const] : [];
  });
  const first = found[0]?.[1].overlay;
  return new Map(found.filter(([, { overlay }]) => isDeepStrictEqual(overlay, first)));
}

function programOf({ object, manifest }: Rendered): RuntimeProgram | undefined {
  const { apiVersion, kind, metadata, ...content } = manifest;
  const { name, namespace, labels = {}, annotations = {} } = metadata;
  const { [RUNTIME_LABEL]: version, ...own } = labels;
  if (version === undefined || namespace === undefined) return undefined;
  if (!isDeepStrictEqual(programsIn(object.toJson() as Manifest), programsIn(manifest))) return undefined;
  return {
    folder: posix.join(RUNTIME_FOLDER, version, name),
    base: { apiVersion, kind, metadata: { name, labels: { [RUNTIME_LABEL]: version } }, ...content },
    overlay: { namespace, labels: own, annotations },
  };
}

/** What no patch may touch, or the leaf holds it whole: all but what the leaf lays over it. */
const programsIn = ({ metadata, ...content }: Manifest) => ({
  ...content,
  metadata: { ...metadata, namespace: '', labels: {}, annotations: {} },
  version: metadata.labels?.[RUNTIME_LABEL],
});

/** A folder below the environment's. */
interface Below {
  readonly path: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Bases that are not in `bases` yet, and the kustomization with which the leaf takes all of them from there. */
export function programFolders(
  leaf: string,
  [first, ...more]: readonly RuntimeProgram[],
  bases: Set<string>,
): readonly Below[] {
  if (first === undefined) return [];
  const programs = [first, ...more];
  const fresh = programs.filter(({ folder }) => !bases.has(folder));
  for (const { folder } of fresh) bases.add(folder);
  const here = posix.join(leaf, RUNTIME_FOLDER);
  const taken = programs.map(({ folder }) => posix.relative(here, folder));
  return [
    ...fresh.map(baseFolder),
    { path: here, files: new Map([[LIST, kustomization(taken, first.overlay)]]) },
  ];
}

const LIST = 'kustomization.yaml';

const baseFolder = ({ folder, base }: RuntimeProgram): Below => ({
  path: folder,
  files: new Map([
    [fileOf(base), toYaml(base)],
    [LIST, kustomization([fileOf(base)])],
  ]),
});
