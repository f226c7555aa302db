// The side of a cluster: its objects, as far as we render them. What the API server and others added is no difference.

import { isForbidden } from '../cluster';
import type { Cluster, KubeObject } from '../cluster';
import type { Manifest } from '../output/manifest';
import { differences } from '../verify/compare';
import { isRecord } from '../kube/json';
import type { Item } from './model';

/** Secrets are left out: a comparison needs no right to read them. */
const UNREAD = new Set(['Secret']);

/** Of Argo CD and Flux: they may live in another cluster. */
const ELSEWHERE = /^gitops\//;

const compared = ({ folder, manifest }: Item): boolean =>
  !UNREAD.has(manifest.kind) && !ELSEWHERE.test(folder);

const MANAGED = 'app.kubernetes.io/managed-by';
const OURS = { [MANAGED]: 'stalk' };

export interface LiveSides {
  readonly before: readonly Item[];
  readonly after: readonly Item[];
  /** Notes on objects that could not be read. */
  readonly notes: readonly string[];
}

/** Both sides, of what can be compared; `whole` looks for tenants that are no longer in the list. */
export async function liveSides(
  cluster: Cluster,
  rendered: readonly Item[],
  whole: boolean,
): Promise<LiveSides> {
  const after = rendered.filter(compared);
  const wide = after.filter(({ manifest }) => manifest.metadata.namespace === undefined);
  const found = await Promise.all(wide.map((item) => named(cluster, item)));
  const spaces = [...new Set(after.flatMap(({ manifest }) => manifest.metadata.namespace ?? []))];
  const inside: (readonly Item[])[] = [];
  for (const space of spaces) inside.push(await namespaced(cluster, space, after)); // a namespace's requests at a time
  const left = whole ? await leftOver(cluster, after) : { before: [], notes: [] };
  const before = [...found.flat(), ...inside.flat(), ...left.before];
  return { before, after, notes: ['Secrets are not read', ...left.notes] };
}

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };

/** Namespaces that we made, and do not render any more. */
async function leftOver(cluster: Cluster, after: readonly Item[]): Promise<Omit<LiveSides, 'after'>> {
  const known = new Set(after.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`));
  const environment = String(after[0]?.environment);
  try {
    const served = await cluster.list<KubeObject>(NAMESPACE, undefined, OURS);
    const gone = served.filter(({ metadata }) => !known.has(`Namespace ${metadata.name}`));
    const before = gone.map((one) => ({
      environment,
      folder: folderOf(one),
      manifest: bare({ ...one, ...NAMESPACE }),
    }));
    return { before, notes: [] };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const notes = ['tenants that left are not looked for: that needs list of namespaces in the cluster'];
    return { before: [], notes };
  }
}

function folderOf({ metadata: { labels, name } }: KubeObject): string {
  const tenant = labels?.['stalk.dev/tenant'];
  return tenant === undefined
    ? `brokers/${labels?.['app.kubernetes.io/part-of'] ?? name}`
    : `tenants/${tenant}`;
}

async function named(cluster: Cluster, item: Item): Promise<readonly Item[]> {
  const { apiVersion, kind, metadata } = item.manifest;
  const served = await cluster.read<KubeObject>({ apiVersion, kind, name: metadata.name });
  return served ? [{ ...item, manifest: asRendered(served, item.manifest) }] : [];
}

/** Rendered objects of a namespace, and formerly rendered ones: those with our label and no owner. */
async function namespaced(cluster: Cluster, space: string, after: readonly Item[]): Promise<readonly Item[]> {
  const ours = after.filter(({ manifest }) => manifest.metadata.namespace === space);
  const kinds = new Map(after.map(({ manifest }) => [manifest.kind, manifest.apiVersion]));
  for (const { manifest } of after)
    if (manifest.metadata.namespace === undefined) kinds.delete(manifest.kind);
  const lists = await Promise.all(
    [...kinds].map(async ([kind, apiVersion]) => {
      const served = await cluster.list<KubeObject>({ apiVersion, kind }, space);
      return served.flatMap((object) => itemOf({ ...object, apiVersion, kind }, ours));
    }),
  );
  return lists.flat();
}

type Served = KubeObject & Pick<Manifest, 'apiVersion' | 'kind'>;

function itemOf(served: Served, ours: readonly Item[]): readonly Item[] {
  const same = ours.find(
    ({ manifest }) => manifest.kind === served.kind && manifest.metadata.name === served.metadata.name,
  );
  if (same) return [{ ...same, manifest: asRendered(served, same.manifest) }];
  const [first] = ours;
  return first && isLeftOver(served) ? [{ ...first, manifest: bare(served) }] : [];
}

const isLeftOver = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.[MANAGED] === OURS[MANAGED] && metadata.ownerReferences === undefined;

/** Without what the API server keeps about it. */
function bare({ apiVersion, kind, metadata, ...rest }: Served): Manifest {
  const { name, namespace, labels, annotations } = metadata;
  const content = Object.fromEntries(Object.entries(rest).filter(([field]) => field !== 'status'));
  return {
    ...content,
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
    },
  };
}

/** Annotations belong to those who apply: Argo CD, Flux and Pulumi each add and drop some. */
function asRendered(served: KubeObject, rendered: Manifest): Manifest {
  const { metadata, data, ...rest } = rendered;
  const got = served as unknown;
  const content = isRecord(got) ? got : {};
  const labels = projected(content['metadata'], { labels: metadata.labels });
  return {
    ...(projected(content, rest) as Omit<Manifest, 'metadata'>),
    ...dataOf(content['data'], data),
    metadata: {
      ...metadata,
      ...(isRecord(labels) && isRecord(labels['labels']) && { labels: texts(labels['labels']) }),
    },
  };
}

/** All of a ConfigMap's data is ours: an entry that somebody added counts. */
const dataOf = (got: unknown, rendered: Manifest['data']): Pick<Manifest, 'data'> => {
  if (rendered === undefined || !isRecord(got)) return {};
  return { data: texts(got) };
};

const texts = (record: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));

/** The part of what is there that is rendered; as it is rendered where both mean the same (`1000m`, `1`). */
function projected(got: unknown, wanted: unknown): unknown {
  if (differences(wanted, got).length === 0) return wanted;
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length)
    return wanted.map((item, i) => projected(got[i], item));
  if (!isRecord(wanted) || !isRecord(got)) return got;
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, value]) => {
      const inner = projected(got[name], value);
      return inner === undefined ? [] : [[name, inner]];
    }),
  );
}
