/** What a release promises of each object: what cannot change without replacing it, or what others refer to. */
import type { Item } from '../../lib/diff';
import { jobName } from '../../lib/diff/consequences';
import { isRecord } from '../../lib/kube/json';

/** Fields that are kept whole. Names of people's patches, of claims and of Applications lead to them. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  ApplicationSet: ['spec.template.metadata.name'],
  Certificate: ['spec.secretName'],
  Deployment: ['spec.selector'],
  ExternalSecret: ['spec.target', 'spec.data', 'spec.dataFrom'],
  PersistentVolumeClaim: ['spec'],
  PriorityClass: ['value', 'preemptionPolicy'],
  Service: ['spec.selector', 'spec.ports', 'spec.clusterIP', 'spec.type'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
};

/** The objects, each reduced to its promises. */
export function promised(items: readonly Item[]): readonly Item[] {
  const selected = new Set(items.flatMap(({ manifest }) => selectorKeys(manifest)));
  return items.map(({ environment, folder, manifest }) => {
    const { apiVersion, kind, metadata } = manifest;
    const name = kind === 'Job' ? jobName(metadata.name) : metadata.name;
    const kept = KEPT[kind] ?? [];
    const fields = kept.flatMap((path) => entry(path, at(manifest, path)));
    const content = [...fields, ...podPromises(manifest, selected), ...secretKeys(manifest)];
    return {
      environment,
      folder,
      manifest: {
        apiVersion,
        kind,
        metadata: { name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) },
        ...nested(content),
      },
    };
  });
}

type Entry = readonly [path: string, value: unknown];

const entry = (path: string, value: unknown): readonly Entry[] =>
  value === undefined ? [] : [[path, value]];

const at = (node: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (isRecord(inner) ? inner[key] : undefined), node);

/** `[['spec.a', 1]]` is `{ spec: { a: 1 } }`. */
function nested(entries: readonly Entry[]): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of entries) {
    const keys = path.split('.');
    const last = String(keys.pop());
    let node = root;
    for (const key of keys) node = (node[key] ??= {}) as Record<string, unknown>;
    node[last] = value;
  }
  return root;
}

/** Labels by which anything finds a pod. */
function selectorKeys(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(selectorKeys);
  if (!isRecord(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    if ((name === 'matchLabels' || name === 'selector') && isRecord(value) && !isRecord(value['matchLabels']))
      return Object.keys(value);
    return selectorKeys(value);
  });
}

function podPromises(manifest: Item['manifest'], selected: ReadonlySet<string>): readonly Entry[] {
  const template = at(manifest, 'spec.template');
  if (!isRecord(at(template, 'spec'))) return [];
  const labels = Object.entries(at(template, 'metadata.labels') ?? {}).filter(([name]) => selected.has(name));
  const secrets = new Map<string, Set<string>>();
  for (const [name, key] of secretsIn(template)) secrets.set(name, (secrets.get(name) ?? new Set()).add(key));
  return [
    ['spec.template.metadata.labels', Object.fromEntries(labels)],
    [
      'secrets',
      Object.fromEntries([...secrets].sort().map(([name, keys]) => [name, [...keys].sort().join(', ')])),
    ],
  ];
}

/** Name and key of each Secret that a pod reads; all keys are `*`. */
function secretsIn(node: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(node)) return node.flatMap(secretsIn);
  if (!isRecord(node)) return [];
  return Object.entries(node).flatMap(([field, value]) => {
    if (!isRecord(value)) return secretsIn(value);
    const name = value['secretName'] ?? value['name'];
    if (field === 'secretKeyRef') return [[String(name), String(value['key'])] as const];
    if (field !== 'secret' && field !== 'secretRef') return secretsIn(value);
    const keys = Array.isArray(value['items']) ? value['items'].filter(isRecord) : [{ key: '*' }];
    return keys.map(({ key }) => [String(name), String(key)] as const);
  });
}

/** Of a Secret that is rendered: its keys, never its values. */
const secretKeys = ({ kind, data, stringData }: Item['manifest']): readonly Entry[] =>
  kind === 'Secret'
    ? [
        [
          'keys',
          Object.keys({ ...data, ...stringData })
            .sort()
            .join(', '),
        ],
      ]
    : [];
