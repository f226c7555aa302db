// Sync waves: how many steps of the dependency graph lie before an object.

import type { ApiObject } from 'cdk8s';
import { podTemplateOf } from './manifest';
import type { Manifest } from './manifest';

/** One number for each object: 0 waits for nothing. */
export function wavesOf(objects: readonly ApiObject[], manifests: readonly Manifest[]): number[] {
  const known = new Map<unknown, number>();
  const level = (object: ApiObject): number => {
    const seen = known.get(object);
    if (seen !== undefined) return seen;
    const wave = 1 + Math.max(-1, ...object.node.dependencies.map((d) => level(d as ApiObject)));
    known.set(object, wave);
    return wave;
  };
  return withClaims(clockLast(objects.map(level), manifests), manifests);
}

/** Argo CD takes a CronJob whose last run failed for broken, and applies nothing of the waves after it. */
function clockLast(waves: readonly number[], manifests: readonly Manifest[]): number[] {
  const last = Math.max(...waves);
  return waves.map((wave, i) => (manifests[i]?.kind === 'CronJob' ? last : wave));
}

/** A claim goes with its first consumer: Argo CD would wait for ever for one that binds on first use. */
function withClaims(waves: readonly number[], manifests: readonly Manifest[]): number[] {
  const consumers = new Map<string, number>();
  manifests.forEach((manifest, i) => {
    const volumes = podTemplateOf(manifest)?.spec.volumes;
    for (const volume of volumes ? volumes : []) {
      const claim = volume.persistentVolumeClaim?.claimName;
      if (claim !== undefined) consumers.set(claim, Math.min(at(waves, i), earliest(consumers.get(claim))));
    }
  });
  return manifests.map(({ kind, metadata }, i) => {
    const consumer = kind === 'PersistentVolumeClaim' ? consumers.get(metadata.name) : undefined;
    return consumer === undefined ? at(waves, i) : consumer;
  });
}

const earliest = (wave: number | undefined): number => (wave === undefined ? Number.POSITIVE_INFINITY : wave);

function at(waves: readonly number[], index: number): number {
  const wave = waves[index];
  if (wave === undefined) throw new RangeError(`no wave for object ${index}`);
  return wave;
}
