// Everything that runs a tenant's code, with the path at which its author says it.

import type { ResolvedTenant } from './resolved';
import type { Path } from './rules/finding';

/** What each of them has. */
type Part = NonNullable<ResolvedTenant['beat' | 'web' | 'flower' | 'migrate']>;

type Sized = Pick<Part, 'resources' | 'env'>;

export const partsOf = (tenant: ResolvedTenant): readonly (readonly [path: Path, part: Sized])[] => [
  ...tenant.workers.map((pool) => [['workers', pool.name], pool] as const),
  ...(['beat', 'web'] as const).flatMap((name) => single(tenant, name)),
  ...tenant.processes.map((process) => [['processes', process.name], process] as const),
  ...(['flower', 'migrate'] as const).flatMap((name) => single(tenant, name)),
];

function single(
  tenant: ResolvedTenant,
  name: 'beat' | 'web' | 'flower' | 'migrate',
): readonly (readonly [path: Path, part: Sized])[] {
  const part = tenant[name];
  return part === undefined ? [] : [[[name], part]];
}
