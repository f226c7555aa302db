// From a chart to the manifests that are written or applied: patched, hashed, named, ordered.

import { createHash } from 'node:crypto';
import type { ApiObject } from 'cdk8s';
import { ANNOTATION } from '../kube';
import { objectsOf } from '../charts/order';
import type { Leaf } from '../platform';
import { applyPatches } from './patches';
import { wavesOf } from './waves';

/** A Kubernetes object as plain JSON. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A manifest, and the object of the chart that it comes from. */
export interface Rendered {
  readonly object: ApiObject;
  readonly manifest: Manifest;
  readonly wave: number;
}

const CLUSTER_SCOPED = new Set(['Namespace', 'PriorityClass']);

/** Data is gone with them, so nobody prunes them by mistake. */
const GUARDED = new Set(['Namespace', 'StatefulSet', 'PersistentVolumeClaim']);

const GUARDS = {
  'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The manifests of a leaf in the order in which they can be applied. */
export function manifestsOf(leaf: Leaf): Rendered[] {
  const objects = objectsOf(leaf.build());
  const manifests = objects.map((object) => object.toJson() as Manifest);
  applyPatches(leaf, manifests);
  for (const manifest of manifests) if (CLUSTER_SCOPED.has(manifest.kind)) delete manifest.metadata.namespace;
  stampConfigHashes(manifests);
  nameJobs(manifests);
  const waves = wavesOf(objects, manifests);
  const rendered = objects.flatMap((object, i): Rendered[] => {
    const [manifest, wave] = [manifests[i], waves[i]];
    return manifest === undefined || wave === undefined ? [] : [{ object, manifest, wave }];
  });
  for (const { manifest, wave } of rendered) annotate(manifest, wave);
  return rendered.sort((a, b) => a.wave - b.wave || (fileOrder(a) < fileOrder(b) ? -1 : 1));
}

const fileOrder = ({ manifest }: Rendered): string => `${manifest.kind} ${manifest.metadata.name}`;

function annotate({ kind, metadata }: Manifest, wave: number): void {
  metadata.annotations = {
    ...metadata.annotations,
    'argocd.argoproj.io/sync-wave': String(wave),
    ...(GUARDED.has(kind) && GUARDS),
  };
}

/** What a pod template looks like in JSON, as far as it is read here. */
export interface PodTemplate {
  metadata: { annotations?: Record<string, string> };
  spec: {
    containers: { envFrom?: { configMapRef?: { name: string } }[]; env?: EnvVar[] }[];
    volumes?: { configMap?: { name: string }; persistentVolumeClaim?: { claimName: string } }[];
  };
}

interface EnvVar {
  valueFrom?: { configMapKeyRef?: { name: string } };
}

export const podTemplateOf = ({ spec }: Manifest): PodTemplate | undefined =>
  spec?.['template'] as PodTemplate | undefined;

/** A pod reads its ConfigMaps when it starts, so a changed one rolls it: patches have been applied by now. */
function stampConfigHashes(manifests: readonly Manifest[]): void {
  const hashes = new Map(
    manifests
      .filter(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.annotations?.[ANNOTATION.live] === undefined,
      )
      .map(
        ({ metadata, data }) => [metadata.name, hash(...Object.entries(data ? data : {}).flat())] as const,
      ),
  );
  for (const manifest of manifests) {
    const template = podTemplateOf(manifest);
    if (!template) continue;
    const read = [...configMapsOf(template)].sort().flatMap((name) => {
      const known = hashes.get(name);
      return known === undefined ? [] : [name, known];
    });
    if (read.length === 0) continue;
    template.metadata.annotations = {
      ...template.metadata.annotations,
      [ANNOTATION.configHash]: hash(...read),
    };
  }
}

function configMapsOf({ spec }: PodTemplate): Set<string> {
  const names = [
    ...(spec.volumes ? spec.volumes.map((v) => v.configMap?.name) : []),
    ...spec.containers.flatMap((c) => [
      ...(c.envFrom ? c.envFrom.map((from) => from.configMapRef?.name) : []),
      ...(c.env ? c.env.map((v) => v.valueFrom?.configMapKeyRef?.name) : []),
    ]),
  ];
  return new Set(names.filter((name) => name !== undefined));
}

/** A Job cannot change: one with other content is another Job. */
function nameJobs(manifests: readonly Manifest[]): void {
  for (const { kind, metadata, spec } of manifests) {
    if (kind === 'Job') metadata.name = `${metadata.name}-${hash(JSON.stringify(spec))}`;
  }
}

/** Short enough to read, long enough never to meet another of one tenant. */
const HASH_LENGTH = 10;

function hash(...parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${part.length}:`).update(part); // lengths, so that parts cannot run together
  return sum.digest('hex').slice(0, HASH_LENGTH);
}
