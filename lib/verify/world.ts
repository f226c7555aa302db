// What is expected and what is there, side by side: tenants, their pods, and the Redis servers that they use.

import type { Leaf, Platform } from '..';
import { POD } from '../cluster';
import type { Cluster, Pod } from '../cluster';
import { manifestsOf } from '../output/manifests';
import type { Manifest } from '../output/manifest';
import { OLD_SETTINGS_FILE, SETTINGS_FILE } from '../plan/celery/settings';
import { workerName } from '../plan/celery/workers';
import { isRunByStalk } from '../plan/redis/broker';
import type { ResolvedServer, ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';

export interface World {
  readonly cluster: Cluster;
  readonly platform: Platform;
  readonly tenants: readonly TenantHere[];
  /** Each once, also when several tenants share it. */
  readonly servers: readonly ServerHere[];
  /** All rendered objects of the tenants and of their brokers, by the folder they go to. */
  readonly leaves: readonly RenderedLeaf[];
  readonly options: Options;
}

export interface Options {
  /** Seconds that any wait may last. */
  readonly maxWait: number;
  readonly disruptive: boolean;
}

export interface RenderedLeaf {
  readonly folder: string;
  readonly namespace: string;
  readonly manifests: readonly Manifest[];
}

export interface TenantHere {
  readonly tenant: ResolvedTenant;
  readonly leaf: RenderedLeaf;
  /** Celery's settings as rendered, by name. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Without those that drain a broker that it leaves. */
  readonly workloads: readonly WorkloadHere[];
  /** The same tenant on the broker that it leaves, and what drains that. */
  readonly old?: TenantHere;
}

/** A Deployment or StatefulSet as rendered. */
export interface WorkloadHere {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly name: string;
  readonly namespace: string;
  readonly component: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly manifest: Manifest;
}

/** A Redis that Stalk runs: every StatefulSet of a broker or of a cache. */
export interface ServerHere {
  /** `brokers/shared`, `tenants/acme`. */
  readonly of: string;
  readonly use: 'broker' | 'cache';
  readonly namespace: string;
  readonly redis: ResolvedServer;
  readonly sets: readonly WorkloadHere[];
  /** Everyone who connects to it, also those not verified now; of a tenant that moves, the side that is here. */
  readonly clients: readonly ResolvedTenant[];
  /** redis.conf as rendered, by StatefulSet: directives with their values. */
  readonly conf: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export function worldOf(
  cluster: Cluster,
  platform: Platform,
  names: readonly string[],
  options: Options,
): World {
  const chosen = platform.tenants.filter(({ name }) => names.includes(name));
  const tenants = chosen.map((tenant) => tenantHere(platform, tenant));
  const shared = new Map(
    chosen.flatMap(tenantSides).flatMap(({ broker }) => {
      const leaf = platform.leaves.find(
        ({ folder }) => broker.kind === 'shared' && folder === `brokers/${broker.name}`,
      );
      return leaf ? [[leaf.folder, { leaf: rendered(leaf, broker.namespace), broker }] as const] : [];
    }),
  );
  const servers = [
    ...[...shared.values()].map(({ leaf, broker }) =>
      serverOf('redis', leaf, broker.redis as ResolvedServer, platform),
    ),
    ...tenants.flatMap(({ tenant, leaf }) => [
      ...tenantSides(tenant).flatMap(({ broker: { kind, redis } }) =>
        kind === 'dedicated' && isRunByStalk(redis) ? [serverOf('redis', leaf, redis, platform)] : [],
      ),
      ...(tenant.cache && isRunByStalk(tenant.cache.redis)
        ? [serverOf('cache', leaf, tenant.cache.redis, platform)]
        : []),
    ]),
  ];
  const leaves = [...[...shared.values()].map(({ leaf }) => leaf), ...tenants.map(({ leaf }) => leaf)];
  return { cluster, platform, tenants, servers, leaves, options };
}

function tenantHere(platform: Platform, tenant: ResolvedTenant): TenantHere {
  const found = platform.leaves.find(({ folder }) => folder === `tenants/${tenant.name}`);
  if (!found) throw new Error(`nothing is rendered for tenant ${tenant.name}`);
  const leaf = rendered(found, tenant.namespace);
  const { moving } = tenant;
  const drains = new Set(moving?.workers.map(workerName));
  const all = renderedWorkloads(leaf);
  const side = (
    { config, key }: { readonly config: string; readonly key: string },
    ...[one, workloads]: readonly [ResolvedTenant, readonly WorkloadHere[]]
  ): TenantHere => ({
    ...{ tenant: one, leaf, workloads },
    settings: JSON.parse(fileIn(leaf, config, key)) as Readonly<Record<string, unknown>>,
  });
  return {
    ...side(
      SETTINGS_FILE,
      tenant,
      all.filter(({ name }) => !drains.has(name)),
    ),
    ...(moving && {
      old: side(
        OLD_SETTINGS_FILE,
        moving,
        all.filter(({ name }) => drains.has(name)),
      ),
    }),
  };
}

/** Each tenant where it is, and where it leaves. */
export const sidesIn = ({ tenants }: Pick<World, 'tenants'>): readonly TenantHere[] =>
  tenants.flatMap((here) => (here.old === undefined ? [here] : [here, here.old]));

/** `acme`, and on the broker that it leaves `acme (old side)`. */
export const sideName = ({ name, broker }: Pick<ResolvedTenant, 'name' | 'broker'>): string =>
  broker.isLeft === true ? `${name} (old side)` : name;

/** Read from the objects, not from the plan: a patch may have changed it, and pods run with what it says then. */
function fileIn({ folder, manifests }: RenderedLeaf, config: string, key: string): string {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === config);
  const text = found?.data?.[key];
  if (text === undefined) throw new Error(`${folder} has no ConfigMap/${config} with ${key}`);
  return text;
}

const rendered = (leaf: Leaf, namespace: string): RenderedLeaf => ({
  folder: leaf.folder,
  namespace,
  manifests: manifestsOf(leaf).map(({ manifest }) => manifest),
});

export function renderedWorkloads({ manifests, namespace }: RenderedLeaf): WorkloadHere[] {
  return manifests.flatMap((manifest) => {
    const { kind, metadata, spec } = manifest;
    if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
    const { matchLabels } = spec?.['selector'] as { readonly matchLabels: Readonly<Record<string, string>> };
    const component = String(matchLabels['app.kubernetes.io/component']);
    return [{ kind, name: metadata.name, namespace, component, selector: matchLabels, manifest }];
  });
}

function serverOf(
  component: 'redis' | 'cache',
  leaf: RenderedLeaf,
  redis: ResolvedServer,
  platform: Platform,
): ServerHere {
  const sets = renderedWorkloads(leaf).filter(
    (set) => set.kind === 'StatefulSet' && set.component === component,
  );
  const uses = ({ broker, name }: ResolvedTenant): boolean =>
    component === 'cache' ? leaf.folder === `tenants/${name}` : broker.namespace === leaf.namespace;
  const everybody = component === 'cache' ? platform.tenants : platform.tenants.flatMap(tenantSides);
  return {
    of: leaf.folder,
    use: component === 'cache' ? 'cache' : 'broker',
    namespace: leaf.namespace,
    redis,
    sets,
    clients: everybody.filter(uses),
    conf: new Map(sets.map(({ name }) => [name, directives(fileIn(leaf, `${name}-config`, 'redis.conf'))])),
  };
}

/** Directives of a redis.conf; those said several times (`save`) are joined, as CONFIG GET answers them. */
export function directives(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z-]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) continue;
    const before = found.get(name);
    const plain = value === '""' ? '' : value;
    found.set(name, before === undefined ? plain : `${before} ${plain}`);
  }
  return found;
}

/** Pods of a workload that are not on their way out, oldest name first. */
export const podsOf = async (
  world: Pick<World, 'cluster'>,
  workload: WorkloadHere,
): Promise<readonly Pod[]> =>
  (await allPodsOf(world, workload)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);

/** Those on their way out as well: on a dead node they stay so. */
export async function allPodsOf(
  { cluster }: Pick<World, 'cluster'>,
  workload: WorkloadHere,
): Promise<readonly Pod[]> {
  const pods = await cluster.list<Pod>(POD, workload.namespace, workload.selector);
  return [...pods]
    .filter(({ status }) => status.phase !== 'Failed')
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** `tenant-a Deployment/beat` */
export const nameOf = ({ namespace, kind, name }: WorkloadHere): string => `${namespace} ${kind}/${name}`;
