// kubectl against the cluster that KUBECONFIG names.

import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../lib/output/manifest';

/** How a kubectl ended; `errors` is where the API server's warnings go too. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** An object as the API server has it. */
export type Served = Manifest & { readonly metadata: { readonly resourceVersion: string } };

/** All Secrets and ConfigMaps of a cluster in one answer. */
const LARGEST_ANSWER = 256 * 1024 * 1024;

export function kubectl(args: readonly string[], input?: string): Ended {
  const { status, stdout, stderr, error } = spawnSync('kubectl', args, {
    encoding: 'utf8',
    maxBuffer: LARGEST_ANSWER,
    ...(input !== undefined && { input }),
  });
  if (error) throw new Error(`kubectl cannot be run: ${error.message}`);
  return { code: status, output: stdout, errors: stderr };
}

/** What kubectl prints; throws what it complains about. */
export function asked(...args: readonly string[]): string {
  const { code, output, errors } = kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${errors}`);
  return output;
}

export const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');

/** Who owns the fields that are applied here. */
export const MANAGER = 'stalk-test';

export const apply = (args: readonly string[], input?: string): Ended =>
  kubectl(['apply', '--server-side', '--validate=strict', `--field-manager=${MANAGER}`, ...args], input);

/** The same for an object that is rendered and one that is served. */
export const keyOf = ({ apiVersion, kind, metadata }: Manifest): string =>
  [apiVersion, kind, metadata.namespace, metadata.name].filter((part) => part !== undefined).join(' ');

/** All objects of these kinds in the cluster, by key, in one call. */
export function served(manifests: readonly Manifest[]): ReadonlyMap<string, Served> {
  const types = new Set(manifests.map(typeOf));
  const { items } = JSON.parse(
    asked('get', [...types].join(','), '-A', '-o', 'json', '--show-managed-fields'),
  ) as {
    items: Served[];
  };
  return new Map(items.map((item) => [keyOf(item), item]));
}

/** `Deployment.v1.apps`: a kind that no other group can be taken for. */
function typeOf({ apiVersion, kind }: Manifest): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${kind}.${version}.${group}`;
}

/** What tells whether an object was written in between, by key. */
export const states = (objects: ReadonlyMap<string, Served>, keys: readonly string[]): object =>
  Object.fromEntries(keys.map((key) => [key, stateOf(objects.get(key))]));

/** Kubernetes 1.34 stores a claim anew at every server-side apply, with all in it as it was. */
function stateOf(object: Served | undefined): unknown {
  if (object?.kind !== 'PersistentVolumeClaim') return object?.metadata.resourceVersion;
  return { ...object, metadata: { ...object.metadata, resourceVersion: 'any' } };
}

/** Half a minute, for a cluster whose nodes pull images. */
const LOOKS = 30;

/** States of the objects once controllers no longer write into their status. */
export async function settled(manifests: readonly Manifest[]): Promise<object> {
  const keys = manifests.map(keyOf);
  let before = states(served(manifests), keys);
  for (let look = 0; look < LOOKS; look++) {
    await sleep(1000);
    const now = states(served(manifests), keys);
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
  throw new Error(`controllers still change the objects after ${LOOKS} s`);
}
