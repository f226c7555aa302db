// One folder of the tree as it is judged: what was rendered for it, and the same objects in a form that laws can read.

import type { Manifest } from '../output/manifest';
import { manifestsOf } from '../output/manifests';
import type { LeafObjects } from '../output/tree';
import type { Leaf, Platform } from '../platform';
import { planOf } from '../plan';
import { brokerEndpoint, isRunByStalk } from '../plan/redis/broker';
import { appOf } from '../plan/celery/app-of';
import { workerName } from '../plan/celery/workers';
import type { Producer, ResolvedEnvironment, ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';
import { resolveShared } from '../spec/resolve-redis';
import { foreignConfigMaps } from '../spec/parts';
import { saidToBePlain } from '../spec/rules';
import { isRecord } from '../kube/json';
import type { Base, KindName, Kinds } from './kinds';
import type { Flaw } from './schema';
import { readObject } from './schema';
import { workloadsIn } from './workloads';
import type { WorkloadView } from './workloads';

/** Everything that is rendered for one folder. */
export interface JudgedLeaf {
  readonly environment: string;
  /** Below the environment's folder: `tenants/acme`. */
  readonly folder: string;
  readonly kind: Leaf['kind'];
  /** Of every object in it; absent where there is none. */
  readonly namespace?: string;
  readonly disposable: boolean;
  /** Texts that look like secrets and are none, as the tenant says. */
  readonly plain: readonly string[];
  /** Words that stand before every command of its app, by workload. */
  readonly entrypoints: Readonly<Record<string, readonly string[]>>;
  /** Claims that its pods mount and somebody else made. */
  readonly existingClaims: readonly string[];
  /** ServiceAccounts of its pods that somebody else makes. */
  readonly existingAccounts: readonly string[];
  /** Workloads whose author asks for the token of their account. */
  readonly tokens: readonly string[];
  /** PriorityClasses that its author gives to a Redis, by component. */
  readonly classes: Readonly<Record<string, string>>;
  /** Whether the cluster chooses the users of pods. */
  readonly assignedUsers: boolean;
  /** ConfigMaps that its pods read and somebody else made. */
  readonly existingConfigMaps: readonly string[];
  /** Pods of other namespaces that its tenant lets reach its broker, and where that is. */
  readonly producers: readonly (Producer & { readonly broker: string })[];
  /** Addresses of a Redis outside the cluster, which its pods talk to, as CIDRs. */
  readonly outside: readonly string[];
  /** Whether its cluster runs native sidecars. */
  readonly nativeSidecars: boolean;
  /** Namespace of Prometheus, where its environment has monitoring. */
  readonly watchedFrom?: string;
  /** Who may reach into the environment's namespaces. */
  readonly peers: ResolvedEnvironment['peers'];
  readonly manifests: readonly Manifest[];
  /** Objects of a user's own that lie beside the rendered ones, as `Kind/name`. */
  readonly foreign?: readonly string[];
}

/** The leaves of an environment, rendered: patches, hashes and waves included. */
export const renderedLeaves = (platform: Platform): JudgedLeaf[] =>
  platform.leaves.map((leaf) => {
    const manifests = manifestsOf(leaf).map(
      ({ manifest }) => JSON.parse(JSON.stringify(manifest)) as Manifest,
    );
    return renderedLeaf({ platform, leaf, manifests, extra: [] });
  });

/** A leaf as it is written, for the laws to judge. */
export function renderedLeaf({
  platform,
  leaf,
  manifests,
  extra,
}: Omit<LeafObjects, 'programs' | 'folders'>): JudgedLeaf {
  const { environment, tenants } = platform;
  const tenant = tenants.find(({ name }) => leaf.folder === `tenants/${name}`);
  const volumes = Object.values(tenant === undefined ? {} : tenant.app.volumes);
  return {
    environment: environment.name,
    folder: leaf.folder,
    kind: leaf.kind,
    ...(leaf.namespace !== undefined && { namespace: leaf.namespace }),
    disposable: environment.disposable,
    plain: tenant === undefined ? [] : saidToBePlain(tenant),
    entrypoints: tenant === undefined ? {} : entrypointsOf(tenant),
    existingClaims: volumes.flatMap((volume) => ('claim' in volume ? [volume.claim] : [])),
    ...accountsOf(tenant),
    classes: classesOf(platform, leaf, tenant),
    assignedUsers: environment.assignedUsers,
    existingConfigMaps: tenant === undefined ? [] : foreignConfigMaps(tenant),
    producers: tenant === undefined ? [] : tenantSides(tenant).flatMap(producersOf),
    outside: tenant === undefined ? [] : addressesOf(tenant),
    nativeSidecars: environment.nativeSidecars,
    ...(environment.monitoring && { watchedFrom: environment.monitoring.namespace }),
    peers: environment.peers,
    manifests: [...manifests, ...extra],
    foreign: extra.map(idOfJson),
  };
}

const producersOf = ({ producers, broker }: ResolvedTenant): JudgedLeaf['producers'] =>
  Object.values(producers).map((producer) => ({ ...producer, broker: broker.namespace }));

function accountsOf(tenant: ResolvedTenant | undefined): Pick<JudgedLeaf, 'existingAccounts' | 'tokens'> {
  const plan = tenant && planOf(tenant);
  const processes = plan ? [...plan.processes, ...(plan.old ? plan.old.processes : [])] : [];
  return {
    existingAccounts: processes.flatMap(({ pods: { account } }) =>
      account?.isMade === false ? [account.name] : [],
    ),
    tokens: processes.flatMap(({ name, pods: { account } }) => (account?.token === true ? [name] : [])),
  };
}

function classesOf(
  { environment }: Platform,
  { kind, name }: Leaf,
  tenant: ResolvedTenant | undefined,
): JudgedLeaf['classes'] {
  const sides = tenant === undefined ? [] : tenantSides(tenant);
  const own = sides.find(({ broker }) => broker.kind === 'dedicated');
  const broker = kind === 'broker' ? resolveShared(name, environment) : own?.broker.redis;
  const [redis, cache] = [broker, tenant?.cache?.redis].map((one) =>
    one !== undefined && isRunByStalk(one) ? one.pods.priorityClass : undefined,
  );
  return { ...(redis !== undefined && { redis }), ...(cache !== undefined && { cache }) };
}

const entrypointsOf = (tenant: ResolvedTenant): JudgedLeaf['entrypoints'] =>
  Object.fromEntries(
    tenantSides(tenant).flatMap((side) =>
      [...side.workers.map(workerName), 'beat'].map((name) => [name, appOf(side, name).entrypoint]),
    ),
  );

/** Addresses outside the cluster where the tenant's broker is. */
function addressesOf(tenant: ResolvedTenant): readonly string[] {
  return tenantSides(tenant).flatMap((side) => {
    const { behind } = brokerEndpoint(side);
    return 'cidrs' in behind ? behind.cidrs : [];
  });
}

/** An object with what is wrong in its form. */
export interface ReadObject {
  readonly object: Base;
  readonly flaws: readonly Flaw[];
}

export interface LeafView extends Omit<JudgedLeaf, 'manifests' | 'foreign'> {
  readonly objects: readonly Base[];
  readonly readings: readonly ReadObject[];
  readonly workloads: readonly WorkloadView[];
}

export function viewOf({ manifests, foreign = [], ...leaf }: JudgedLeaf): LeafView {
  const readings = (manifests as readonly unknown[]).map((raw) => readingOf(raw, foreign));
  const objects = readings.map(({ object }) => object);
  return { ...leaf, readings, objects, workloads: workloadsIn(objects) };
}

function readingOf(raw: unknown, foreign: readonly string[]): ReadObject {
  const id = idOfJson(raw);
  const own = !foreign.includes(id);
  const { flaws, fit } = readObject(raw, own);
  // The one place where JSON becomes typed: readObject has taken out all that does not fit
  const { metadata, ...rest } = fit as Partial<Base>;
  const { name, namespace, labels, annotations } = { ...metadata };
  const meta = {
    name: name ?? '',
    ...(namespace !== undefined && { namespace }),
    labels: labels ?? {},
    annotations: annotations ?? {},
  };
  return { object: { apiVersion: '', kind: '', ...rest, id, own, raw, metadata: meta }, flaws };
}

/** `Deployment/worker-default`, of any JSON. */
export function idOfJson(raw: unknown): string {
  const { kind, metadata } = isRecord(raw) ? raw : {};
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return `${typeof kind === 'string' ? kind : '?'}/${typeof name === 'string' ? name : '?'}`;
}

/** The objects of some kinds: of Stalk, and of the user. */
export const ofKind = <K extends KindName>(
  { objects }: Pick<LeafView, 'objects'>,
  ...kinds: readonly K[]
): Kinds[K][] => objects.filter((o): o is Kinds[K] => (kinds as readonly string[]).includes(o.kind));

/** The objects of some kinds that Stalk made. */
export const ownOfKind = <K extends KindName>(
  leaf: Pick<LeafView, 'objects'>,
  ...kinds: readonly K[]
): Kinds[K][] => ofKind(leaf, ...kinds).filter(({ own }) => own);

export const called = <K extends KindName>(
  leaf: Pick<LeafView, 'objects'>,
  kind: K,
  name: string | undefined,
): Kinds[K] | undefined => ofKind(leaf, kind).find(({ metadata }) => metadata.name === name);
