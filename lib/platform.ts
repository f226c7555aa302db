// One environment with its tenants, as charts that are built one at a time.

import { App } from 'cdk8s';
import type { Chart } from 'cdk8s';
import { BrokerChart } from './charts/broker-chart';
import { apiObjectsOf } from './charts/order';
import { PlatformChart } from './charts/platform-chart';
import { TenantChart } from './charts/tenant-chart';
import { wantedByBroker, wantedByTenant } from './charts/wanted';
import { brokerNamespace } from './kube';
import { isGuest, isRunByStalk } from './plan/redis/broker';
import type { WantedSecret } from './plan/secrets/wanted';
import type { Environment, PatchLayer, ResolvedEnvironment, ResolvedTenant, Tenant } from './spec';
import { tenantSides } from './spec/moving';
import { environmentLayers } from './spec/patch-layers';
import { resolveShared } from './spec/resolve-redis';
import {
  betweenEnvironments,
  check,
  foldersBetween,
  patchesThatMatchNothing,
  patchProblem,
  readable,
  report,
} from './spec/rules';
import type { Problem } from './spec/rules';

/** A chart to be, with the folder that it goes to. */
export interface Leaf {
  readonly kind: 'platform' | 'broker' | 'tenant';
  readonly name: string;
  /** Below the environment's folder: `tenants/acme`. */
  readonly folder: string;
  /** Where its objects lie; absent where they lie in none or in several. */
  readonly namespace?: string;
  /** In the order in which they are applied. */
  readonly patches: readonly PatchLayer[];
  /** Folders of what it needs: a tenant's broker. */
  readonly needs: readonly string[];
  /** Secrets of Redis users that its pods read. */
  wanted(): readonly WantedSecret[];
  /** Builds it in an App of its own: with many charts in one App, time grows with the square of their number. */
  build(): Chart;
}

/** An environment's charts. */
export interface Platform {
  readonly environment: ResolvedEnvironment;
  readonly tenants: readonly ResolvedTenant[];
  readonly leaves: readonly Leaf[];
}

export interface PlatformProps {
  readonly environments: readonly Environment[];
  readonly tenants: readonly Tenant[];
}

/** Everything that is wrong with the tenants and environments, in one error. */
export class RulesError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(report(problems));
    this.name = 'RulesError';
  }
}

/** One platform for each environment. Throws one error that names every rule broken in any of them. */
export function platforms(props: PlatformProps): Platform[] {
  const { environments, tenants, names, problems: unreadable } = readable(props);
  const checked = environments.map((environment) => check(tenants, environment, names));
  const everybody = checked.flatMap((result) => result.tenants);
  const problems = [
    ...unreadable,
    ...checked.flatMap((result) => result.problems),
    ...betweenEnvironments(everybody.flatMap(tenantSides), { environments, tenants }),
    ...foldersBetween(
      checked.filter((result) => result.problems.length === 0), // others may not resolve
      { environments, tenants },
    ),
  ];
  if (problems.length > 0) throw new RulesError(problems);
  const built = checked.map((result) => ({
    ...result,
    leaves: leavesOf(result.environment, result.tenants),
  }));
  const unmatched = built.flatMap(unmatchedPatches);
  if (unmatched.length > 0) throw new RulesError(unmatched);
  return built;
}

/** Builds leaves until each of the environment's patches has found an object: nearly always one of each kind. */
function unmatchedPatches({ environment, leaves }: Omit<Platform, 'tenants'>): Problem[] {
  const folders = leaves.map((leaf) => ({
    folder: leaf.folder,
    objects: once(() => apiObjectsOf(leaf.build()).map(({ kind, name }) => `${kind}/${name}`)),
  }));
  return patchesThatMatchNothing(environment, folders).map((finding) =>
    patchProblem(finding, { owner: 'environment', environment: environment.name }, {}),
  );
}

function once<T>(make: () => T): () => T {
  const made: T[] = [];
  return () => {
    if (made.length === 0) made.push(make());
    return made[0] as T;
  };
}

function leavesOf(environment: ResolvedEnvironment, tenants: readonly ResolvedTenant[]): Leaf[] {
  return [platformLeaf(environment), ...brokerLeaves(environment, tenants), ...tenants.map(tenantLeaf)];
}

const platformLeaf = (environment: ResolvedEnvironment): Leaf => ({
  kind: 'platform',
  name: 'platform',
  folder: 'platform',
  patches: environmentLayers(environment, 'platform'),
  needs: [],
  wanted: () => [],
  build: () => new PlatformChart(new App(), environment),
});

function brokerLeaves(environment: ResolvedEnvironment, tenants: readonly ResolvedTenant[]): Leaf[] {
  return Object.keys(environment.brokers).flatMap((name) => {
    const redis = resolveShared(name, environment);
    if (!isRunByStalk(redis)) return [];
    const users = tenants
      .flatMap(tenantSides)
      .filter(({ broker }) => broker.kind === 'shared' && broker.name === name)
      .sort(byName);
    const props = { name, redis, environment, tenants: users };
    return [
      {
        kind: 'broker',
        name,
        folder: `brokers/${name}`,
        namespace: brokerNamespace(name),
        patches: environmentLayers(environment, `brokers/${name}`),
        needs: ['platform'],
        wanted: () => wantedByBroker(props),
        build: () => new BrokerChart(new App(), props),
      } satisfies Leaf,
    ];
  });
}

/** Where a tenant stands in the list changes nothing. */
const byName = (a: ResolvedTenant, b: ResolvedTenant): number => (a.name < b.name ? -1 : 1);

function tenantLeaf(tenant: ResolvedTenant): Leaf {
  const { name, patches } = tenant;
  return {
    kind: 'tenant',
    name,
    folder: `tenants/${name}`,
    namespace: tenant.namespace,
    patches,
    needs: [
      'platform',
      ...tenantSides(tenant)
        .filter(isGuest)
        .map(({ broker }) => `brokers/${broker.name}`),
    ],
    wanted: () => wantedByTenant(tenant),
    build: () => new TenantChart(new App(), tenant),
  };
}
