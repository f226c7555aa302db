// Everything that runs a tenant's code, with the path at which its author says it.

import type { ResolvedTenant } from './resolved';
import type { Runs } from './runs';
import type { Path } from './rules/finding';

export const partsOf = (tenant: ResolvedTenant): readonly (readonly [path: Path, part: Runs])[] => [
  ...tenant.workers.map((pool) => [['workers', pool.name], pool] as const),
  ...(['beat', 'web'] as const).flatMap((name) => single(tenant, name)),
  ...tenant.processes.map((process) => [['processes', process.name], process] as const),
  ...(['flower', 'migrate'] as const).flatMap((name) => single(tenant, name)),
];

function single(
  tenant: ResolvedTenant,
  name: 'beat' | 'web' | 'flower' | 'migrate',
): readonly (readonly [path: Path, part: Runs])[] {
  const part = tenant[name];
  return part === undefined ? [] : [[[name], part]];
}

/** All that may read Secrets and ConfigMaps of somebody else: the tenant, its workloads, and sidecars of either. */
export const readersOf = (tenant: ResolvedTenant): readonly Pick<Runs, 'env' | 'envFrom' | 'files'>[] =>
  [tenant, ...partsOf(tenant).map(([, part]) => part)].flatMap((part) => [part, ...part.sidecars]);

/** ConfigMaps that somebody else puts beside the tenant. */
export const foreignConfigMaps = (tenant: ResolvedTenant): readonly string[] =>
  readersOf(tenant)
    .flatMap(({ envFrom, files }) => [...envFrom, ...Object.values(files)])
    .flatMap((source) => ('configMap' in source ? [source.configMap] : []));
