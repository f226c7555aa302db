// Why the pods of a workload are replaced, in words that are the same for every tenant.

import { ANNOTATION } from '../kube';
import { podTemplateOf } from '../output/manifest';
import type { Manifest, TemplateVolume } from '../output/manifest';
import { isRecord } from '../kube/json';
import type { Change, FieldChange, Reason } from './model';

const TEMPLATE = /^spec\.(?:jobTemplate\.spec\.)?template\.?/;

/** Changes of the pod template; without any, no pod rolls. */
export function rollReasons(change: Change, neighbours: readonly Change[]): readonly Reason[] {
  const found = change.fields.filter(({ path }) => TEMPLATE.test(path));
  return found.flatMap((field) => reasonsOf(field, change, neighbours));
}

function reasonsOf(field: FieldChange, change: Change, neighbours: readonly Change[]): readonly Reason[] {
  if (field.path.endsWith(`[${ANNOTATION.configHash}]`)) {
    const read = readConfigs(change, neighbours).flatMap(configReasons);
    return read.length > 0
      ? read
      : [{ what: 'it reads other ConfigMaps, or their hash is made in another way' }];
  }
  return [{ ...field, what: wordsOf(field.path.replace(TEMPLATE, ''), change.name) }];
}

/** ConfigMaps that the workload read before or reads now, and that changed beside it. */
export function readConfigs(
  { before, after, folder, environment }: Change,
  neighbours: readonly Change[],
): readonly Change[] {
  const names = new Set([...namesIn(before), ...namesIn(after)]);
  return neighbours.filter(
    (one) =>
      one.kind === 'ConfigMap' &&
      one.environment === environment &&
      one.folder === folder &&
      names.has(one.name) &&
      !isLive(one),
  );
}

/** A volume of a workload's pods. */
export const volumeIn = (manifest: Manifest | undefined, wanted: string): TemplateVolume | undefined =>
  manifest && podTemplateOf(manifest)?.spec.volumes?.find(({ name }) => name === wanted);

const namesIn = (manifest: Manifest | undefined): readonly string[] => configMapsIn(manifest?.spec);

const REFERENCES = new Set(['configMap', 'configMapRef', 'configMapKeyRef']);

/** Wherever a pod may name one; a patched manifest may have any shape. */
function configMapsIn(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(configMapsIn);
  if (!isRecord(node)) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    REFERENCES.has(key) && isRecord(value) && typeof value['name'] === 'string'
      ? [value['name']]
      : configMapsIn(value),
  );
}

/** Read by running pods: nothing restarts. */
export const isLive = ({ before, after }: Change): boolean =>
  (after ? after : before)?.metadata.annotations?.[ANNOTATION.live] !== undefined;

const configReasons = ({ name, how, fields }: Change): readonly Reason[] => {
  const data = fields.filter(({ path }) => path.startsWith('data'));
  if (how !== 'changed' || data.length === 0) return [{ what: `ConfigMap ${name} is ${how}` }];
  return data.map((field) => ({ ...field, what: `ConfigMap ${name} ${field.path.replace(/^data\.?/, '')}` }));
};

/** The container that is called as its workload is what people mean by its name. */
const wordsOf = (path: string, workload: string): string =>
  path
    .replace(/^spec\./, '')
    .replace(`containers[${workload}].`, '')
    .replace(/^initContainers\[([^\]]+)\]\.?/, 'init container $1: ')
    .replace(/^containers\[([^\]]+)\]\.?/, 'container $1: ')
    .replace(/^metadata\.annotations\[([^\]]+)\]$/, 'annotation $1')
    .replace(/^metadata\.labels\[([^\]]+)\]$/, 'label $1')
    .replace(/\benv\[([^\]]+)\](\.value)?$/, 'env $1')
    .replace(/: $/, '');
