// What a tenant becomes, for tests: rendered through the same door as `dist/`.

import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { renderedLeaves } from '../../lib/laws';
import type { JudgedLeaf } from '../../lib/laws';
import { manifestsOf } from '../../lib/output/manifests';
import { platforms } from '../../lib/platform';
import type { Leaf, Platform } from '../../lib/platform';
import type { Environment, Tenant } from '../../lib/spec';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parsed JSON, until a test has looked at it
export type Json = any;

/** One object as kubectl sees it; test/output compares it with the YAML that is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: Json;
}

export interface Synth {
  readonly all: readonly Manifest[];
  /** The object of that kind and name; fails with the names that there are. A Job's hash may be left out. */
  readonly byKind: (kind: string, name: string) => Json;
  /** The same, or undefined. */
  readonly find: (kind: string, name: string) => Json;
}

/** Renders one tenant in one environment; names stand for the reference tenants and environments. */
export function synth(tenant: string | Tenant, environment: string | Environment = plain): Synth {
  const asked = typeof tenant === 'string' ? referenceTenant(tenant) : tenant;
  const place = typeof environment === 'string' ? referenceEnvironment(environment) : environment;
  const platform = typeof tenant === 'string' ? withReference(place) : platformOf(place, [asked]);
  return lookup(leafManifests(leafOf(platform, `tenants/${asked.name}`)));
}

/** Renders a shared broker with its users: the reference tenants, or those given. */
export function broker(
  name: string,
  environment: string | Environment,
  users: readonly Tenant[] = tenants,
): Synth {
  const place = typeof environment === 'string' ? referenceEnvironment(environment) : environment;
  const platform = users === tenants ? withReference(place) : platformOf(place, users);
  return lookup(leafManifests(leafOf(platform, `brokers/${name}`)));
}

export const lookup = (all: readonly Manifest[]): Synth => {
  const find = (kind: string, name: string): Json =>
    all.find((m) => m.kind === kind && (m.metadata.name === name || isJobOf(name, m)));
  return {
    all,
    find,
    byKind: (kind, name) => {
      const found = find(kind, name);
      if (found !== undefined) return found;
      const names = all.map((m) => `${m.kind}/${m.metadata.name}`).join('\n  ');
      throw new Error(`${kind}/${name} is not rendered; there are\n  ${names}`);
    },
  };
};

const isJobOf = (name: string, { kind, metadata }: Manifest): boolean =>
  kind === 'Job' && metadata.name.replace(/-[0-9a-f]{10}$/, '') === name;

/** Overlays may name other environments, which then have to exist. */
export function platformOf(environment: Environment, list: readonly Tenant[] = tenants): Platform {
  const named = list.flatMap((t) => [...Object.keys(t.overlays ?? {}), ...(t.environments ?? [])]);
  const others = [...new Set(named)].filter((name) => name !== environment.name);
  const other = (name: string) => environments.find((e) => e.name === name) ?? { ...environment, name };
  return first(platforms({ environments: [environment, ...others.map(other)], tenants: list }));
}

const known = new Map<Environment, Platform>();

/** An environment with the reference tenants, made once. */
function withReference(environment: Environment): Platform {
  const platform = known.get(environment) ?? platformOf(environment);
  known.set(environment, platform);
  return platform;
}

const first = <T>([item]: readonly T[]): T => {
  if (item === undefined) throw new Error('nothing was rendered');
  return item;
};

const texts = new WeakMap<Leaf, string>();

/** Rendered once, and parsed each time: a test may change what it gets. */
export function leafManifests(leaf: Leaf): Manifest[] {
  const text = texts.get(leaf) ?? JSON.stringify(manifestsOf(leaf).map(({ manifest }) => manifest));
  texts.set(leaf, text);
  return JSON.parse(text) as Manifest[];
}

export function leafOf({ leaves, environment }: Platform, folder: string): Leaf {
  const leaf = leaves.find((l) => l.folder === folder);
  if (leaf) return leaf;
  throw new Error(
    `${environment.name} has no ${folder}; there are ${leaves.map((l) => l.folder).join(', ')}`,
  );
}

export function referenceTenant(name: string): Tenant {
  const found = tenants.find((t) => t.name === name);
  if (!found) throw new Error(`no reference tenant ${name}`);
  return found;
}

export function referenceEnvironment(name: string): Environment {
  const found = environments.find((e) => e.name === name);
  if (!found) throw new Error(`no reference environment ${name}`);
  return found;
}

/** A cluster with one shared broker, in which nothing is special. */
export const plain: Environment = {
  name: 'test',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
};

/** A small valid tenant on the environment's only broker, with what a test wants different. */
export const tenantOf = (overrides: Partial<Tenant> = {}): Tenant => ({
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  ...overrides,
});

let rendered: JudgedLeaf[] | undefined;

/** Every leaf of every reference environment, rendered once. */
export const referenceLeaves = (): readonly JudgedLeaf[] =>
  (rendered ??= platforms({ environments, tenants }).flatMap(renderedLeaves));

/** Labels of all leaves, each with its objects. */
export const everything = (): [string, readonly Manifest[]][] =>
  referenceLeaves().map((leaf) => [`${leaf.environment}/${leaf.folder}`, objectsOf(leaf)]);

/** The objects of a leaf as tests look at them. */
export const objectsOf = ({ manifests }: JudgedLeaf): readonly Manifest[] => manifests;
