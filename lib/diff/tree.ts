// A rendered tree as kustomize reads it: the files that its kustomizations list, and nothing that lies beside them.

import { posix } from 'node:path';
import { parse } from 'yaml';
import { isRecord } from '../kube/json';
import { DiffError } from './model';
import { unreadable } from './objects';

/** Text of each YAML file by its path below the tree: `dev/tenants/acme/kustomization.yaml`. */
export type Files = ReadonlyMap<string, string>;

/** What kustomizations lay over the objects that they list. */
export interface KustomizationLayer {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A file that some folder applies. */
export interface Source {
  readonly environment: string;
  readonly folder: string;
  readonly overlay: KustomizationLayer;
  readonly file: string;
  readonly text: string;
}

export interface ObjectTree {
  readonly sources: readonly Source[];
  /** Notes on files that could not be read. */
  readonly notes: readonly string[];
}

const KUSTOMIZATION = 'kustomization.yaml';

/** Beside the environment's kustomization: for those who apply it. */
const GITOPS = ['gitops/argocd', 'gitops/flux'];

export function readTree(files: Files): ObjectTree {
  const walk: Walk = { files, sources: [], notes: [], problems: [] };
  for (const environment of environmentsIn(files)) {
    enter(walk, { environment, overlay: {}, path: environment });
    for (const folder of GITOPS)
      if (files.has(`${environment}/${folder}/${KUSTOMIZATION}`))
        enter(walk, { environment, folder, overlay: {}, path: `${environment}/${folder}` });
  }
  if (walk.problems.length > 0) throw new DiffError(walk.problems);
  return { sources: walk.sources, notes: walk.notes };
}

const environmentsIn = (files: Files): readonly string[] =>
  [...files.keys()].flatMap((path) => {
    const [environment, file, ...deeper] = path.split('/');
    return environment !== undefined && file === KUSTOMIZATION && deeper.length === 0 ? [environment] : [];
  });

interface Walk {
  readonly files: Files;
  readonly sources: Source[];
  readonly notes: string[];
  readonly problems: string[];
}

interface Place {
  readonly environment: string;
  /** Absent at the environment itself: each of its resources is a folder of its own. */
  readonly folder?: string;
  readonly overlay: KustomizationLayer;
  /** Of the folder of a kustomization. */
  readonly path: string;
}

/** Fields of a kustomization that are followed. */
const KNOWN = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'namespace',
  'labels',
  'commonAnnotations',
]);

function enter(walk: Walk, place: Place): void {
  const file = `${place.path}/${KUSTOMIZATION}`;
  const content: unknown = read(walk, file, (text) => parse(text) as unknown);
  if (!isRecord(content)) return;
  const unknown = Object.keys(content).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0)
    walk.notes.push(`${file}: ${unknown.join(', ')} not read; its objects are compared without`);
  const overlay = laidOver(content, place.overlay);
  const { resources } = content;
  for (const resource of Array.isArray(resources) ? resources : [])
    follow(walk, { ...place, overlay }, String(resource));
}

/** The outer kustomization has the last word. */
function laidOver(
  { namespace, labels, commonAnnotations }: Readonly<Record<string, unknown>>,
  outer: KustomizationLayer,
): KustomizationLayer {
  const pairs = (Array.isArray(labels) ? labels : []).map((one) => (isRecord(one) ? one['pairs'] : {}));
  return {
    ...(typeof namespace === 'string' && { namespace }),
    ...outer,
    labels: { ...texts(...pairs), ...outer.labels },
    annotations: { ...texts(commonAnnotations), ...outer.annotations },
  };
}

const texts = (...records: readonly unknown[]): Record<string, string> =>
  Object.fromEntries(
    records
      .filter(isRecord)
      .flatMap((record) => Object.entries(record).map(([name, value]) => [name, String(value)])),
  );

function follow(walk: Walk, place: Place, resource: string): void {
  const path = posix.join(place.path, resource);
  const folder = place.folder === undefined ? posix.relative(place.environment, path) : place.folder;
  const text = walk.files.get(path);
  if (text !== undefined) {
    const { environment, overlay } = place;
    const own = place.folder === undefined ? posix.dirname(folder) : folder;
    walk.sources.push({ environment, folder: own, overlay, file: path, text });
  } else if (walk.files.has(`${path}/${KUSTOMIZATION}`)) {
    enter(walk, { ...place, folder, path });
  } else if (/^\w+:\/\/|\?ref=/.test(resource)) {
    walk.notes.push(`${place.path}/${KUSTOMIZATION}: ${resource} is elsewhere, and not compared`);
  } else {
    walk.problems.push(
      `${place.path}/${KUSTOMIZATION} must list files that are there, got ${resource}; run stalk synth`,
    );
  }
}

function read<T>(walk: Walk, file: string, parser: (text: string) => T): T | undefined {
  try {
    return parser(String(walk.files.get(file)));
  } catch (error) {
    walk.problems.push(unreadable(file, error));
    return undefined;
  }
}
