// The objects in the files of a tree, with what kustomizations lay over them.

import { parse, parseAllDocuments } from 'yaml';
import type { Manifest } from '../output/manifest';
import { isRecord } from '../kube/json';
import { DiffError } from './model';
import type { Item } from './model';
import type { KustomizationLayer, Source } from './tree';

export const unreadable = (file: string, error: unknown): string =>
  `${file} must be YAML, got ${String((error as Error).message.split('\n')[0])}; run stalk synth`;

/** Kinds without a namespace, which a kustomization's `namespace` does not touch. */
const CLUSTER_WIDE =
  /^(Namespace|PriorityClass|StorageClass|IngressClass|PersistentVolume|CustomResourceDefinition|Cluster.+|.+WebhookConfiguration)$/;

/** The objects of files, in order; a file may hold several, and be applied by several folders. */
export function itemsOf(sources: readonly Source[]): readonly Item[] {
  const problems: string[] = [];
  const parsed = new Map<string, readonly Manifest[]>();
  const objects = ({ file, text }: Source): readonly Manifest[] => {
    try {
      const known = parsed.get(text) ?? objectsIn(text).filter(isObject);
      parsed.set(text, known);
      return known;
    } catch (error) {
      problems.push(unreadable(file, error));
      return [];
    }
  };
  const items = sources.flatMap((source) =>
    objects(source).map((manifest): Item => {
      const { environment, folder, overlay } = source;
      return { environment, folder, manifest: overlaid(manifest, overlay) };
    }),
  );
  if (problems.length > 0) throw new DiffError(problems);
  return items;
}

function overlaid(manifest: Manifest, { namespace, labels, annotations }: KustomizationLayer): Manifest {
  const { metadata } = manifest;
  const has = (record: object | undefined): boolean => Object.keys(record ?? {}).length > 0;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      ...(namespace !== undefined && !CLUSTER_WIDE.test(manifest.kind) && { namespace }),
      ...(has(labels) && { labels: { ...metadata.labels, ...labels } }),
      ...(has(annotations) && { annotations: { ...metadata.annotations, ...annotations } }),
    },
  };
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
