// Hashes of content: they roll the pods that read a changed ConfigMap, and name Jobs.

import { createHash } from 'node:crypto';
import { ANNOTATION, RUNTIME_LABEL } from '../kube';
import { podTemplateOf } from './manifest';
import type { Manifest, PodTemplate } from './manifest';

/** A pod reads its ConfigMaps when it starts, so a changed one rolls it: patches have been applied by now. */
export function stampConfigHashes(manifests: readonly Manifest[]): void {
  const maps = manifests.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && metadata.annotations?.[ANNOTATION.live] === undefined,
  );
  const all = hashesOf(maps);
  const settings = hashesOf(maps.filter(({ metadata }) => metadata.labels?.[RUNTIME_LABEL] === undefined));
  for (const manifest of manifests) {
    const template = podTemplateOf(manifest);
    if (!template) continue;
    // A Job that ran with another loader has done its work: with the loader's hash it would do it again
    const hashes = manifest.kind === 'Job' ? settings : all;
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

const hashesOf = (maps: readonly Manifest[]): ReadonlyMap<string, string> =>
  new Map(
    maps.map(
      ({ metadata, data }) =>
        [
          metadata.name,
          hash(
            ...Object.entries(data ? data : {})
              .flat()
              .map(String),
          ),
        ] as const,
    ),
  );

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
export function nameJobs(manifests: readonly Manifest[]): void {
  for (const { kind, metadata, spec } of manifests) {
    if (kind === 'Job') metadata.name = `${metadata.name}-${hash(JSON.stringify(spec))}`;
  }
}

/** Short enough to read, long enough never to meet another of one tenant. */
const HASH_LENGTH = 10;

/** A patch may have put a number among the texts of a ConfigMap: the checks say so, not this. */
function hash(...parts: readonly string[]): string {
  const sum = createHash('sha256');
  for (const part of parts.map(String)) sum.update(`${part.length}:`).update(part); // lengths, so that parts cannot run together
  return sum.digest('hex').slice(0, HASH_LENGTH);
}
