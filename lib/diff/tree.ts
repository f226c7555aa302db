// A rendered tree as kustomize reads it: the files that its kustomizations list, and nothing that lies beside them.

import { posix } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { Manifest } from '../output/manifest';
import { isRecord } from './fields';
import { DiffError } from './model';
import type { Item } from './model';

/** Text of each YAML file by its path below the tree: `dev/tenants/acme/kustomization.yaml`. */
export type Files = ReadonlyMap<string, string>;

/** A file that some folder applies. */
export interface Source {
  readonly environment: string;
  readonly folder: string;
  /** What the kustomization puts its objects into. */
  readonly namespace?: string;
  readonly file: string;
  readonly text: string;
}

export interface Tree {
  readonly sources: readonly Source[];
  /** What could not be looked at. */
  readonly notes: readonly string[];
}

const KUSTOMIZATION = 'kustomization.yaml';

/** Beside the environment's kustomization: for those who apply it. */
const GITOPS = ['gitops/argocd', 'gitops/flux'];

export function readTree(files: Files): Tree {
  const walk: Walk = { files, sources: [], notes: [], problems: [] };
  for (const environment of environmentsIn(files)) {
    enter(walk, { environment, path: environment });
    for (const folder of GITOPS)
      if (files.has(`${environment}/${folder}/${KUSTOMIZATION}`))
        enter(walk, { environment, folder, path: `${environment}/${folder}` });
  }
  if (walk.problems.length > 0) throw new DiffError(walk.problems);
  return { sources: walk.sources, notes: walk.notes };
}

export const environmentsIn = (files: Files): readonly string[] =>
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
  readonly namespace?: string;
  /** Of the folder of a kustomization. */
  readonly path: string;
}

/** Fields of a kustomization that are followed. */
const KNOWN = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'namespace']);

function enter(walk: Walk, place: Place): void {
  const file = `${place.path}/${KUSTOMIZATION}`;
  const content: unknown = read(walk, file, (text) => parse(text) as unknown);
  if (!isRecord(content)) return;
  const unknown = Object.keys(content).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0)
    walk.notes.push(`${file}: ${unknown.join(', ')} not read; its objects are compared without`);
  const { namespace, resources } = content;
  const outer = place.namespace;
  const inner = typeof namespace === 'string' ? namespace : undefined;
  const applied = outer === undefined ? inner : outer;
  for (const resource of Array.isArray(resources) ? resources : [])
    follow(walk, { ...place, ...(applied !== undefined && { namespace: applied }) }, String(resource));
}

function follow(walk: Walk, place: Place, resource: string): void {
  const path = posix.join(place.path, resource);
  const folder = place.folder === undefined ? posix.relative(place.environment, path) : place.folder;
  const text = walk.files.get(path);
  if (text !== undefined) {
    const { environment, namespace } = place;
    const own = place.folder === undefined ? posix.dirname(folder) : folder;
    walk.sources.push({
      environment,
      folder: own,
      ...(namespace !== undefined && { namespace }),
      file: path,
      text,
    });
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

const unreadable = (file: string, error: unknown): string =>
  `${file} must be YAML, got ${String((error as Error).message.split('\n')[0])}; run stalk synth`;

/** Kinds that have no namespace, so that a kustomization's leaves them alone. */
const CLUSTER_WIDE =
  /^(Namespace|PriorityClass|StorageClass|IngressClass|PersistentVolume|CustomResourceDefinition|Cluster.+|.+WebhookConfiguration)$/;

/** The objects of files, in order; a file may hold several. */
export function itemsOf(sources: readonly Source[]): readonly Item[] {
  const problems: string[] = [];
  const items = sources.flatMap((source) => {
    try {
      return objectsIn(source.text)
        .filter(isObject)
        .map(({ ...manifest }): Item => {
          const { environment, folder, namespace } = source;
          if (namespace === undefined || CLUSTER_WIDE.test(manifest.kind))
            return { environment, folder, manifest };
          return {
            environment,
            folder,
            manifest: { ...manifest, metadata: { ...manifest.metadata, namespace } },
          };
        });
    } catch (error) {
      problems.push(unreadable(source.file, error));
      return [];
    }
  });
  if (problems.length > 0) throw new DiffError(problems);
  return items;
}

function objectsIn(text: string): readonly unknown[] {
  if (!/^---/m.test(text)) return [parse(text) as unknown];
  return parseAllDocuments(text).map((document) => {
    const [error] = 'errors' in document ? document.errors : [];
    if (error) throw error;
    return document.toJS() as unknown;
  });
}

/** Whether a value is an object at all: what a person typed may have any form. */
const isObject = (value: unknown): value is Manifest =>
  isRecord(value) &&
  typeof value['kind'] === 'string' &&
  isRecord(value['metadata']) &&
  typeof value['metadata']['name'] === 'string';
