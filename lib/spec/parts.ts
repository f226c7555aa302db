// What a tenant and each of its workloads read of Secrets and ConfigMaps of somebody else.

import type { EnvSource, FileSource } from './files';
import type { ResolvedTenant, Runs } from './resolved';

/** The tenant, or one workload, with the path that leads to it. */
export interface Part extends Pick<Runs, 'envFrom' | 'files'> {
  readonly path: readonly string[];
}

export const partsOf = (tenant: ResolvedTenant): readonly Part[] => [
  { path: [], ...tenant },
  ...tenant.workers.map((pool) => ({ ...pool, path: ['workers', pool.name] })),
  ...(['beat', 'web', 'flower', 'migrate'] as const).flatMap((name) => {
    const part = tenant[name];
    return part ? [{ ...part, path: [name] }] : [];
  }),
  ...tenant.processes.map((process) => ({ ...process, path: ['processes', process.name] })),
];

const sourcesIn = ({ envFrom, files }: Part): readonly (EnvSource | FileSource)[] => [
  ...envFrom,
  ...Object.values(files),
];

/** ConfigMaps that somebody else puts beside the tenant. */
export const foreignConfigMaps = (tenant: ResolvedTenant): readonly string[] =>
  partsOf(tenant)
    .flatMap(sourcesIn)
    .flatMap((source) => ('configMap' in source ? [source.configMap] : []));
