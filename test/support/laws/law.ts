// A law: what has to hold in every leaf, and how a good leaf is made to break it.

import type { Json, Manifest, RenderedLeaf, Synth } from '../synth';

export interface Law {
  /** A sentence that is true of every good leaf. */
  readonly name: string;
  /** One line for each violation. */
  readonly check: (leaf: RenderedLeaf) => readonly string[];
  readonly breaches: readonly Breach[];
}

/** A change to one good leaf that the law has to see. */
export interface Breach {
  /** Completes "fails when …". */
  readonly when: string;
  /** `production/tenants/paless`. */
  readonly leaf: string;
  readonly spoil: (objects: Synth, leaf: RenderedLeaf) => void;
  /** What the law says then. */
  readonly says: readonly string[];
}

export const idOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

/** A workload with its pod template. */
export interface Workload {
  readonly id: string;
  readonly manifest: Manifest;
  readonly template: Json;
  readonly pod: Json;
  readonly labels: Readonly<Record<string, string>>;
  /** Init containers first. */
  readonly containers: readonly Json[];
}

export const workloadsOf = (manifests: readonly Manifest[]): Workload[] =>
  manifests.flatMap((manifest) => {
    const template = manifest['spec']?.template;
    if (template?.spec?.containers === undefined) return [];
    const pod = template.spec;
    return [
      {
        id: idOf(manifest),
        manifest,
        template,
        pod,
        labels: template.metadata.labels,
        containers: [...(pod.initContainers ?? []), ...pod.containers],
      },
    ];
  });

/** Workloads that are there to stay. */
export const services = (manifests: readonly Manifest[]): Workload[] =>
  workloadsOf(manifests).filter(({ manifest }) => manifest.kind !== 'Job');

export const ofKind = (manifests: readonly Manifest[], ...kinds: readonly string[]): Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));

export const matches = (
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean => Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);

/** `message` for each item that is not as wanted. */
export const unless = (holds: boolean, message: string): string[] => (holds ? [] : [message]);

/** Every text and every key of a tree, with its path as `jq` writes it. */
export function walk(node: Json, visit: (value: Json, path: string) => void, path = ''): void {
  visit(node, path);
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    walk(value, visit, Array.isArray(node) ? `${path}[${key}]` : `${path}.${key}`);
  }
}

/** What a walk finds. */
export function collect<T>(node: Json, pick: (value: Json, path: string) => readonly T[]): T[] {
  const found: T[] = [];
  walk(node, (value, path) => found.push(...pick(value, path)));
  return found;
}

const UNITS: Readonly<Record<string, number>> = { m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** The number behind a quantity: cores, bytes, pieces. Not the parser of `lib`, which is judged by it. */
export function amount(quantity: Json): number {
  const [, digits, unit = ''] = /^([\d.]+)(m|Ki|Mi|Gi)?$/.exec(String(quantity)) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (UNITS[unit] ?? 1);
}

export const envOf = (container: Json, name: string): Json =>
  container.env?.find((variable: Json) => variable.name === name);

/** The Celery settings of a tenant, or undefined in other leaves. */
export function settingsOf(manifests: readonly Manifest[]): Json {
  const config = manifests.find((m) => idOf(m) === 'ConfigMap/celery-settings');
  return config === undefined ? undefined : JSON.parse(config['data']['settings.json']);
}

/** Changes the settings as they lie in their ConfigMap. */
export function changeSettings({ byKind }: Synth, change: (settings: Json) => void): void {
  const config = byKind('ConfigMap', 'celery-settings');
  const settings = JSON.parse(config.data['settings.json']);
  change(settings);
  config.data['settings.json'] = JSON.stringify(settings);
}

/** The value of `--name=value` in a command. */
export const option = (command: readonly string[], name: string): string | undefined =>
  command.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
